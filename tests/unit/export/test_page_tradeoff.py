"""Trust against cost, from a report."""

import re

import pytest

from tests.support.report_samples import sample_report
from trust_core.charts.tradeoff import tradeoff_table
from trust_core.export.costs import costs
from trust_core.export.page_tradeoff import WORST, tradeoff_points, trusts, worst_use
from trust_core.report.criteria import CRITERIA


def test_alignment_comes_first_among_the_voting_measures():
    """All tests together come first, then reasons, which are what the product is about."""
    found = trusts(sample_report())
    assert [one.key for one in found[:2]] == [WORST, "alignment"]
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
    for trust in trusts(report)[1:]:
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
            assert point.spent == f"{point.cost:.4g} MB (exact)"
        assert points[0].said.endswith("(exact)")


def test_the_worst_test_says_on_how_many_texts_it_rests():
    """What a candidate uses of its margins is never said without interval and n."""
    report = sample_report()
    points, axes = tradeoff_points(report, trusts(report)[0], "size")
    assert all(re.search(r"90 % interval .*, n = [0-9,]+, ", point.said) for point in points[1:])
    assert [row[2] for row in tradeoff_table(points, axes).rows] == [point.spent for point in points]


def test_the_margin_of_the_test_is_drawn():
    """The dashed line stands where the test's margin or floor is."""
    report = sample_report()
    trust = trusts(report)[1]
    tests = [
        test
        for candidate in report.candidates
        for part in candidate.verdict.dimensions.values()
        for test in part.tests
        if (test.key, test.explainer) == (trust.key, trust.explainer)
    ]
    assert tradeoff_points(report, trust, "size")[1].margin == tests[0].margin


def test_worst_test_says_what_the_verdict_says():
    """A candidate is equivalent exactly where the upper limit of its worst test stays below one margin."""
    report = sample_report()
    points, axes = tradeoff_points(report, trusts(report)[0], "size")
    assert (axes.margin, axes.best) == (1.0, 0.0)
    assert points[0].value == 0.0
    assert [point.name for point in points[1:]] == [one.name for one in report.candidates]
    for point, candidate in zip(points[1:], report.candidates, strict=True):
        assert point.low is not None
        assert point.high is not None
        assert point.low <= point.value <= point.high
        assert (point.high < 1) == (candidate.verdict.overall == "equivalent")


def test_worst_test_is_the_largest_of_all_in_margins():
    """A difference counts from both sides, a similarity from 1 down to its floor; what is missing is said."""
    report = sample_report()
    for candidate in report.candidates:
        found = worst_use(report, candidate)
        assert found is not None
        tests = [test for part in candidate.verdict.dimensions.values() for test in part.tests]
        used = [
            abs(test.estimate) / test.margin
            if CRITERIA[test.key].kind != "similarity"
            else (1 - test.estimate) / (1 - test.margin)
            for test in tests
            if test.estimate is not None
        ]
        assert found.value == pytest.approx(max(used))
        assert found.unmeasured == len(tests) - len(used)
