"""What goes to other programs: export, the queue, reports, metrics, tokens, several databases as one queue."""
