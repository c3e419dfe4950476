"""TrustEq: may a compressed text classifier replace its reference without losing the trust it earned?

Example:
    >>> from trust_core import DataSpec, Spec, evaluate
    >>> spec = Spec(
    ...     reference="nli-reference",
    ...     candidates=("ref:int8",),
    ...     data=DataSpec(source="bundled:nli"),
    ... )
    >>> report = evaluate(spec, "runs/int8")  # doctest: +SKIP
    >>> report.candidates[0].verdict.overall  # doctest: +SKIP
    'equivalent'
"""

from __future__ import annotations

from trust_core.domain.report import Report
from trust_core.domain.spec import DataSpec, Margins, Spec
from trust_core.errors import TrustError
from trust_core.store.folder import load_report
from trust_core.wiring.engine import evaluate

__all__ = ["DataSpec", "Margins", "Report", "Spec", "TrustError", "evaluate", "load_report"]
