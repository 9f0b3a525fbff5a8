"""The rule editor: a draft read and tried on stored articles, and kept where the server may write."""
