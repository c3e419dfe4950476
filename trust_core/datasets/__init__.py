"""Texts from wherever they come, as columns that are checked row by row."""
