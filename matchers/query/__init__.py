"""The rule language: a query's text to its tree, with exact places of errors."""
