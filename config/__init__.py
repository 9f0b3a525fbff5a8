"""YAML files with line and column for every fault, and "did you mean"; files found in local/, opened, and written whole."""
