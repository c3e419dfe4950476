"""Running a model over many texts: batching, pooled explanations, timing."""
