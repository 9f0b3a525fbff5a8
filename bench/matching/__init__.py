"""Rules against other ways to match them, as ratios in one run."""
