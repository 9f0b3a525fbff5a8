"""What a run is given: its options, feeds and rules as far as they can be used, live lists, its caller."""
