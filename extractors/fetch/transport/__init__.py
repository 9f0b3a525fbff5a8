"""libcurl under a request: sockets, names, proxies, certificates. Opens all connections."""
