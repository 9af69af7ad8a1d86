"""Forms of the steering group: one file a subject."""
