"""Shortcuts through trafilatura and justext that change no text, each checked against the plain libraries."""
