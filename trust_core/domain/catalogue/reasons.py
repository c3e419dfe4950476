"""Measures of the dimension `reasons`."""

from __future__ import annotations

from trust_core.domain.catalogue.entry import Entry

REASONS: tuple[Entry, ...] = ()
