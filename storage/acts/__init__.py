"""What people do with stories: verdicts, mutes, second opinions, stories added by hand, and taking acts back. Append-only."""
