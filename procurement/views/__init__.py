"""Pages of joint procurement: one file a subject."""
