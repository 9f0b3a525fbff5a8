"""Searches over all articles: plain words, and the rule language."""
