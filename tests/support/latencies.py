"""Reports whose models were timed."""

from tests.support.report_samples import sample_report
from trust_core.domain.report import Report


def timed(*backends: str | None) -> Report:
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
