"""All rules compiled into one engine, and the hits it finds in a text."""
