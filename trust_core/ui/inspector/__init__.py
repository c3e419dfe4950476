"""The Text inspector: one text, both models, their reasons word by word, and what an edit changes."""
