"""alerts.yaml: read with located faults, and its last version without faults kept."""
