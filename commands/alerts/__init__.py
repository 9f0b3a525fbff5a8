"""`pollwatch alerts`: check alerts.yaml, test a channel, send, see what waits."""
