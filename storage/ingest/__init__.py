"""What runs write: polls, entries, texts, hits; each in one transaction."""
