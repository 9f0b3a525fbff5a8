"""Polling and parsing of feeds: when to ask, RSS, Atom, JSON Feed and sitemaps, their dates and links."""
