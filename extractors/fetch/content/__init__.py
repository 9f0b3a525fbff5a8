"""The content of an answer while it arrives: within its limits, its coding told and undone. Knows no sockets."""
