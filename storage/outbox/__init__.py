"""What waits to leave: events, deliveries, the state of channels."""
