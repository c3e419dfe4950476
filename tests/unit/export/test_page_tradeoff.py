"""Trust against cost, from a report."""

import pytest

from tests.support.report_samples import sample_report
from trust_core.export.page_tradeoff import costs, tradeoff_points, trusts


def test_alignment_comes_first_among_the_voting_measures():
    """Every tested measure can be chosen; reasons are what the product is about."""
    found = trusts(sample_report())
    assert found[0].key == "alignment"
    assert {"accuracy", "negative_flip_rate", "brier"} <= {one.key for one in found}
    assert len({(one.key, one.explainer) for one in found}) == len(found)


def test_a_cost_that_one_model_lacks_is_not_offered():
    """Latency is offered once every model was timed."""
    report = sample_report()
    assert costs(report) == ("size", "parameters")
    latency = {model.name: {"p50_ms_batch_1": 2.0} for model in report.resolved.models}
    timed = report.model_copy(update={"timing": {"latency": latency}})
    assert costs(timed) == ("size", "latency", "parameters")


def test_points_carry_the_reports_figures():
    """A candidate stands at its own figure and interval, the reference at the best value."""
    report = sample_report()
    for trust in trusts(report):
        points, axes = tradeoff_points(report, trust, "size")
        assert points[0].status == "information"
        assert axes.value == trust.title
        for point in points[1:]:
            candidate = next(one for one in report.candidates if one.name == point.name)
            row = next(
                row
                for row in candidate.measures
                if (row.key, row.explainer) == (trust.key, trust.explainer)
                and row.of in ("pair", "difference")
            )
            assert (point.value, point.low, point.high) == (row.value, row.low, row.high)
            assert point.status == candidate.verdict.overall
            model = next(one for one in report.resolved.models if one.name == point.name)
            assert point.cost == pytest.approx((model.size_bytes or 0) / 1e6)


def test_the_margin_of_the_test_is_drawn():
    """The dashed line stands where the test's margin or floor is."""
    report = sample_report()
    trust = trusts(report)[0]
    tests = [
        test
        for candidate in report.candidates
        for part in candidate.verdict.dimensions.values()
        for test in part.tests
        if (test.key, test.explainer) == (trust.key, trust.explainer)
    ]
    assert tradeoff_points(report, trust, "size")[1].margin == tests[0].margin
