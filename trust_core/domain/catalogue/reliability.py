"""Measures of the dimension `reliability`."""

from __future__ import annotations

from trust_core.domain.catalogue.entry import Entry

RELIABILITY: tuple[Entry, ...] = ()
