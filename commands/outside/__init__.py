"""What goes to other programs: export, reports, metrics, tokens, several databases as one queue."""
