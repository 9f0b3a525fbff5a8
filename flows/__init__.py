"""What Prefect runs: the flows `watch`, `rematch`, `maintain` and `digest`."""
