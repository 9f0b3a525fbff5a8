"""How rules do: their figures by verdicts, and what a changed rule is tried on."""
