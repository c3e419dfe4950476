"""Measures of the dimension `answers`."""

from __future__ import annotations

from trust_core.domain.catalogue.entry import Entry

ANSWERS: tuple[Entry, ...] = ()
