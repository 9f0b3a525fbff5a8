"""From stored values to what templates show: cards, marks, charts, safe links."""
