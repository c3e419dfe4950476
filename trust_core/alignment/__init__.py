"""Whether two models give the same reasons: agreement of their word weights, text by text and overall."""
