"""The backends beside the latencies."""

import pytest

from tests.support.report_samples import sample_report
from trust_core.domain.report import Report
from trust_core.export.latency_note import backends_differ, measured_with


def _timed(*backends: str | None) -> Report:
    """The sample report with a latency of every model, each measured with a backend."""
    report = sample_report()
    models = [
        model.model_copy(update={"backend": backend})
        for model, backend in zip(report.resolved.models, backends, strict=True)
    ]
    return report.model_copy(
        update={
            "resolved": report.resolved.model_copy(update={"models": tuple(models)}),
            "timing": {"latency": {model.name: {"p50_ms_batch_1": 2.0} for model in models}},
        }
    )


def test_one_backend_is_named() -> None:
    """Where one backend computed both models, it is named, and nothing is made of it."""
    report = _timed("OpenVINO 2026.4.1, fp32", "OpenVINO 2026.4.1, fp32", "torch 2.13.0, fp32")
    assert measured_with(report, "nli-student-3l") == "with OpenVINO 2026.4.1"


def test_different_backends_are_named_with_their_models() -> None:
    """An int8 variant that torch computed is not compared with OpenVINO's reference without a word."""
    report = _timed("OpenVINO 2026.4.1, fp32", "OpenVINO 2026.4.1, fp32", "torch 2.13.0, fp32")
    assert measured_with(report, "ref:int8") == (
        "with OpenVINO 2026.4.1 (nli-reference) and torch 2.13.0 (ref:int8): "
        "part of the difference is that of the backends"
    )
    assert backends_differ(report) == (
        "Latency was measured with OpenVINO 2026.4.1 (nli-reference, nli-student-3l) and torch 2.13.0 "
        "(ref:int8): part of the difference is that of the backends."
    )


@pytest.mark.parametrize("backend", ["torch 2.13.0, fp32", None])
def test_nothing_is_said_without_need(backend: str | None) -> None:
    """Models of one backend, and older reports without any, need no sentence."""
    assert backends_differ(_timed(backend, backend, backend)) == ""


def test_what_is_not_known_is_not_said() -> None:
    """Without the backend of both, or without a timed model, nothing is claimed."""
    assert measured_with(_timed("torch 2.13.0, fp32", None, None), "ref:int8") == ""
    assert measured_with(sample_report(), "ref:int8") == ""
    assert backends_differ(_timed("torch 2.13.0, fp32", None, None)) == ""
