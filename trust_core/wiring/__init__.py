"""Composition roots: where settings, folders and stages are put together."""
