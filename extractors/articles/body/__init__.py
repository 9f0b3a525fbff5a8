"""The text of a page: its tree pruned, extracted by trafilatura, put back where lost, and tidied."""
