"""`pollwatch rules`: check, format, try and explain rules."""
