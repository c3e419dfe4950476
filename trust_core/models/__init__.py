"""Models: what may load, loading it, its label names, and smaller models made from it."""
