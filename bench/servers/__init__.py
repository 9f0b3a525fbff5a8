"""Programs on loopback that benches measure against, each in a process of its own."""
