"""Pages of figures: overview, sources and runs, the situation, alerts, and health in one word."""
