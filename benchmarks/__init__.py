"""Measurements that are too long for tests; each writes a file in results/ with date, machine and commit."""
