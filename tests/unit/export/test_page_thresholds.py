"""Confidence in use on the report's page."""

from tests.support.report_samples import sample_report
from tests.support.thresholds import with_thresholds
from trust_core.domain.report import Report
from trust_core.export.html import report_html
from trust_core.export.page import lay_out

REPORT = with_thresholds(sample_report())


def test_every_candidate_has_its_chart():
    """Risk over coverage stands under its dimension, with the tuned threshold on both curves."""
    page = lay_out(REPORT)
    for candidate in page.candidates:
        (dimension,) = [one for one in candidate.dimensions if one.id.endswith("confidence_use")]
        (chart,) = dimension.charts
        assert chart.alt.count("tuned threshold") == 2
        assert chart.table.rows
        assert [row.title for row in dimension.voting] == ["Risk at the reference's threshold"]
        assert len(dimension.others) == 3


def test_the_page_is_written_with_it():
    """The whole page renders, with the sentence of the test in it."""
    html = report_html(REPORT)
    why = REPORT.candidates[0].verdict.dimensions["confidence_use"].tests[0].why
    assert why.split(":")[0].replace("'", "&#39;") in html
    assert "Risk over coverage" in html


def test_reports_without_curves_have_no_chart():
    """A report of an older version is read and shown as before."""
    old = Report.model_validate_json(sample_report().to_json())
    assert old.curves.risk_coverage == ()
    page = lay_out(old)
    assert not [chart for chart in page.charts if "risk" in chart.id]
