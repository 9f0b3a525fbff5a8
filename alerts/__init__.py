"""What leaves: events routed to channels, composed into messages without foreign markup, sent and retried."""
