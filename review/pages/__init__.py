"""One file a page or a few that belong together; routes.py lists every address."""
