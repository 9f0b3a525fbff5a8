"""What the commands share: options, tables of a run, faults and progress, as people and as JSON."""
