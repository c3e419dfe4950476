"""Whether two models give the same answers: accuracy, agreement, flips and divergence."""
