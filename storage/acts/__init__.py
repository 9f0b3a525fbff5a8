"""What people do with stories: verdicts, mutes, second opinions, and taking acts back. Append-only."""
