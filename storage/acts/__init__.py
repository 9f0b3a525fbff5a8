"""What people do with stories: verdicts, mutes (a flood mutes itself), second opinions, stories added by hand, and taking acts back. Append-only."""
