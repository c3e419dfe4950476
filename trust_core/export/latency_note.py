"""What latencies were measured with: backends make a part of the difference between models."""

from __future__ import annotations

from collections.abc import Mapping

from trust_core.domain.report import Report
from trust_core.export.foreign_text import titles
from trust_core.report.wording import listed


def measured_with(report: Report, candidate: str) -> str:
    """The backends of the reference and a candidate as part of a sentence; empty where they are not known."""
    found = backends(report)
    pair = [model.name for model in report.resolved.models if model.role == "reference"] + [candidate]
    return _said(report, {name: found[name] for name in pair if name in found})


def backends_differ(report: Report) -> str:
    """A sentence on the backends where models were timed with different ones; else empty."""
    found = backends(report)
    different = len(set(found.values())) > 1
    said = _said(report, found) if different else ""
    return f"Latency was measured {said}." if said else ""


def backends(report: Report) -> dict[str, str]:
    """The backend of each timed model, without the precision, which a run has but one of."""
    timed = report.timing.get("latency")
    return {
        model.name: (model.backend or "").rpartition(", ")[0] or model.backend or ""
        for model in report.resolved.models
        if isinstance(timed, dict) and model.name in timed
    }


def _said(report: Report, found: Mapping[str, str]) -> str:
    libraries = list(dict.fromkeys(found.values()))
    if not libraries or "" in libraries:
        return ""
    if len(libraries) == 1:
        return f"with {libraries[0]}"
    names = titles([model.name for model in report.resolved.models])
    each = [
        f"{library} ({', '.join(names[model] for model, by in found.items() if by == library)})"
        for library in libraries
    ]
    return f"with {listed(each)}: part of the difference is that of the backends"
