"""From a spec to a report: the only place where the stages meet."""
