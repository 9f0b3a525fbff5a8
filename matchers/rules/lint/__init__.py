"""Warnings to rule authors: what is legal in a rule and probably not meant."""
