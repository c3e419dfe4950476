"""Measures of the dimension `cost`."""

from __future__ import annotations

from trust_core.domain.catalogue.entry import Entry

COST: tuple[Entry, ...] = ()
