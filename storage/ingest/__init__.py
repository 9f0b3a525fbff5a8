"""What runs write: polls, entries, texts, hits, fingerprints; each in one transaction."""
