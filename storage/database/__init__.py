"""The database file: opened, brought up to date, locked, written in turns, and its errors in words."""
