"""One text scanned: the patterns of all rules, the automaton that finds them, and where each term occurs."""
