"""Statistics: seeds, resampling, intervals, paired tests and equivalence. numpy and scipy only, no state."""
