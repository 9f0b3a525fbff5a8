"""The review server: Datasette with our plugin. Starting it, its state, its database access."""
