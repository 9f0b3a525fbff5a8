"""How the monitor itself does: liveness, blindness, sudden crowds, outbox, metrics."""
