"""Where runs are kept: a folder a run, shards of finished work in it, and one registry of all runs."""
