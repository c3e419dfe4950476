"""report.json: the whole report, byte for byte the same for the same report."""

from __future__ import annotations

from trust_core.domain.report import Report


def report_json(report: Report) -> bytes:
    """The bytes of report.json: UTF-8, stable order, two spaces, no empty optional fields."""
    return report.to_json().encode()
