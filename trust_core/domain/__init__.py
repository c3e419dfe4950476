"""The records that every stage speaks in: frozen, without input or output, importing nothing heavier than numpy and pydantic."""
