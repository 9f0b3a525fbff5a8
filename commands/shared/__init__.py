"""What the commands share: options and their values, files read and written, faults, progress and tables of a run."""
