"""The page Reasons: how far both models rest on the same words, on the whole and text by text."""
