"""Bytes of RSS, Atom, JSON Feed and sitemaps in, entries out, with their dates and links. Pure."""
