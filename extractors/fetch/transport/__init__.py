"""libcurl under a request: sockets, names, proxies, certificates, content codings. Opens all connections."""
