"""What leaves: events routed to channels, composed into messages, sent and retried."""
