"""The command line: one file a command; flags, and what is printed."""
