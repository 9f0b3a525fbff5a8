"""feeds.yaml: read, edited without losing comments, exchanged as OPML, split into shards; its proxies and headers."""
