"""Which Prefect API a run uses, whether it answers, and a server of our own on loopback."""
