"""Which articles are one report: fingerprints, the comparison of two texts, and the story of each."""
