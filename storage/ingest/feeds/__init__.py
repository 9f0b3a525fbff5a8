"""What feeds bring: polls, their entries, and which of these are new, changed, moved, or share a page."""
