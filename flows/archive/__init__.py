"""Work over stored texts: rematching them, trying that on a sample, drawing the audit, nightly upkeep. Knows no Prefect."""
