"""One message to one channel: by Apprise, or by our own signed webhook."""
