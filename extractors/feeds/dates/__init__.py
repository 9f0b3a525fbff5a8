"""Dates as feeds and pages write them, in any language, as moments of ours. Pure."""
