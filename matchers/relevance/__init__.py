"""The chance that an analyst wants a hit: features, weights, learning, and the reasons in words."""
