"""Runs where something fails: hosts, names, memory, processes, the database, the installation."""
