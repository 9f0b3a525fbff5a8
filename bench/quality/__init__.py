"""How good rules and relevance are on labelled texts, and how often they cry wolf elsewhere."""
