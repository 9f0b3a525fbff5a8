"""Work over stored texts: rematching them, trying that on a sample, drawing the audit. Knows no Prefect."""
