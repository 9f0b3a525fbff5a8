"""From a text to its hits: the rule language, its engine, and relevance. Pure, but for reading rules/."""
