"""Polling of feeds: which are due, one poll of one feed, and feeds found on home pages."""
