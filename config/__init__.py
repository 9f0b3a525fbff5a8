"""YAML files with line and column for every fault, and "did you mean"; used by feeds, rules, team and alerts."""
