"""The records that every stage speaks in: frozen, no input or output, nothing heavier than numpy."""
