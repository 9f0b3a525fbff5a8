"""Text before matching: folded letters, words, sentences and paragraphs, and the way back to the original."""
