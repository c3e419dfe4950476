"""Smaller models made from a loaded one, in seconds, the same every time."""
