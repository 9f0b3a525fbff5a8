"""`pollwatch audit`: draw the blind daily sample, report recall, turn a miss into an example."""
