"""Pages of the members' app, one module a subject."""
