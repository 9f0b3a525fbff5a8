"""Backups, damage, maintenance, and moments that a wrong clock left."""
