"""What came back: the type of its bytes, headers, redirects, walls, and the outcome with its sentence. Pure."""
