"""Explainers: generators that ask for masked versions of a text and turn probabilities into weights."""
