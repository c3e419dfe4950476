import re

import pytest

from tests.support.export_tables import run_tables
from tests.support.report_samples import sample_report
from tests.unit.charts.test_charts import contrast
from trust_core.export.figure_text import FigureText
from trust_core.export.html import report_html
from trust_core.export.page import lay_out
from trust_core.report.criteria import METHOD

REPORT = sample_report()


@pytest.fixture(scope="module")
def page():
    """The page of a report with texts, without plotly's own source."""
    return without_library(report_html(REPORT, run_tables()))


def without_library(page):
    """A page without plotly's own source, which is ours to ship and not ours to test."""
    return max(re.split(r"<script>/\*\*\n\* plotly\.js.*?</script>", page, flags=re.DOTALL), key=len)


def test_the_answer_comes_before_the_figures(page):
    """Title, verdicts, forest plot, dimensions, words, controls, margins and limits stand in this order."""
    marks = [
        "<h1>",
        "No, it differs",
        "Yes, within the margins",
        "Every test against its margin",
        "Does it give the same answers?</h3>",
        "The same words under both models",
        'id="controls"',
        'id="margins"',
        'id="limits"',
    ]
    places = [page.index(mark) for mark in marks]
    assert places == sorted(places)


def test_a_failed_control_comes_first():
    """The control that failed stands before every verdict."""
    page = without_library(report_html(sample_report(control_failed=True)))
    assert page.index("Control C5 came out wrong") < page.index('id="verdict"')
    assert "Yes, within the margins" not in page


def test_nothing_is_loaded_from_anywhere(page):
    """The page names no address to load from, and its policy allows none."""
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1].replace("&#39;", "'")
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in policy.split("style-src")[0]
    assert "http" not in policy
    assert not re.search(
        r"<(?:link|img|iframe|object|embed|base|form)\b(?! rel=\"icon\" href=\"data:,\")", page
    )
    assert not re.search(r"\b(?:src|action)\s*=", page)
    assert not re.search(r"url\(|@import", page)


def test_the_method_is_said_once(page):
    """How verdicts are reached is on the page once."""
    assert page.count(METHOD.split(":", maxsplit=1)[0]) == 1


def test_every_chart_has_words_and_data(page):
    """Each chart place has its sentence, its table, and its figure in both themes."""
    charts = lay_out(REPORT, run_tables()).charts
    assert len({chart.id for chart in charts}) == len(charts) == 1 + 2 * (1 + 2 + 2)
    for chart in charts:
        assert page.count(f'data-chart="{chart.id}"') == 1
        assert f'id="{chart.id}-light"' in page
        assert f'id="{chart.id}-dark"' in page
        assert chart.alt
        assert chart.table.rows


def test_every_figure_has_interval_and_help(page):
    """Figures carry their interval; known measures carry meaning and source."""
    assert "95\u00a0% interval 84.0 to 88.0\u00a0%, n\u00a0=\u00a0500" in page
    assert "Source: crossed split halves" in page
    assert "12 texts are too few for an interval" in page


def test_margins_settings_versions_and_command_are_there(page):
    """What was chosen, with what it ran, and how to repeat it."""
    for said in (
        "±1 point",
        "floor 0.75",
        "lime.samples",
        "2.13.0",
        "python -m trust_core evaluate",
        "9f9f9f",
    ):
        assert said in page


def test_words_of_both_models_stand_side_by_side(page):
    """Explained texts show the words of both models with their weights."""
    assert page.count("LIME, least alike: overlap 0.20") == 2
    assert len(re.findall(r'<span class="w[^"]*" title="[+\u2212][\d.]+">ladder</span>', page)) == 8


@pytest.mark.parametrize("report, tables", [(sample_report(no_texts=True), run_tables()), (REPORT, None)])
def test_without_texts_no_word_is_shown(report, tables):
    """A run without texts shows none, and says so."""
    page = without_library(report_html(report, tables))
    assert "cleaning" not in page
    assert page.count("This report was written without texts, so no words are shown.") == 2


def test_the_page_is_the_same_for_the_same_report(page):
    """Nothing in the page depends on when or where it was written."""
    assert without_library(report_html(sample_report(), run_tables())) == page


def test_a_path_is_called_by_its_folder_in_titles():
    """A candidate given as a path is titled by its folder; the path itself stands once below its heading."""
    candidate = REPORT.candidates[0].model_copy(update={"name": "../mine/pruned"})
    page = without_library(report_html(REPORT.model_copy(update={"candidates": (candidate,)})))
    assert "<h1>May <bdi>pruned</bdi> replace" in page
    assert '<h2><bdi>pruned</bdi></h2><p class="small"><bdi>../mine/pruned</bdi></p>' in page


def test_single_examples_are_said_to_be_no_measure():
    """Where reasons are not measured, the cards of words say that they are single examples."""
    said = "these are single examples"
    reasons = REPORT.candidates[0].verdict.dimensions["reasons"]
    assert said not in report_html(REPORT, run_tables())
    dimensions = {**REPORT.candidates[0].verdict.dimensions}
    dimensions["reasons"] = reasons.model_copy(update={"status": "not_measured"})
    verdict = REPORT.candidates[0].verdict.model_copy(update={"dimensions": dimensions})
    candidate = REPORT.candidates[0].model_copy(update={"verdict": verdict})
    few = REPORT.model_copy(update={"candidates": (candidate,)})
    assert said in report_html(few, run_tables())


def test_words_stay_readable_on_their_tint(page):
    """Text keeps a contrast of 4.5 on each tint, light and dark, and signs differ in line style too."""
    light, dark = re.findall(r":root \{(.*?)\}", page, flags=re.DOTALL)[:2]
    for block in (light, dark):
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block))
        for name in [f"{sign}{level}" for sign in "pn" for level in range(1, 6)]:
            assert contrast(colours["ink"], colours[name]) >= 4.5
        for word, ground in (("blue", "blue-tint"), ("orange", "orange-tint"), ("grey", "grey-tint")):
            tint = re.search(rf"--{ground}: (#[0-9a-f]{{6}})", block)[1]
            assert contrast(colours[word], tint) >= 4.5
        assert contrast(colours["soft"], colours["paper"]) >= 4.5
    assert "text-decoration-style: dashed" in page
    assert "text-decoration-style: solid" in page


def test_latency_is_shown_beside_its_model():
    """The median latency of one text stands in the row of its model."""
    timed = REPORT.model_copy(update={"timing": {"latency": {"ref:int8": {"p50_ms_batch_1": 3.25}}}})
    assert lay_out(timed).latency == {"ref:int8": FigureText("3.25 ms", "its interval was not kept")}
    assert "<td>3.25 ms<small>its interval was not kept</small></td>" in report_html(timed)


def test_a_page_sends_to_a_field_and_an_option():
    """Whoever reads the file may have run it in the app or in a terminal: both ways on are named."""
    steps = [step for one in lay_out(REPORT).candidates for step in one.next_steps]
    assert not any("--explain-limit" in step and "“Texts explained”" not in step for step in steps)


def test_uploads_of_an_older_report_are_called_by_their_names():
    """Where a file lay on the server is not shown, also where a report has kept it."""
    place = "/srv/home/uploads/everyone/0123456789abcdef/saved.csv"
    settings = {"reference_predictions": place, "candidate_predictions": [place, "b.csv"]}
    resolved = REPORT.resolved.model_copy(update={"settings": settings})
    shown = dict(lay_out(REPORT.model_copy(update={"resolved": resolved})).settings)
    assert shown == {"reference_predictions": "saved.csv", "candidate_predictions": "saved.csv, b.csv"}


def test_latency_stands_among_what_is_gained():
    """What is gained names the latency of both models with its interval, where it was measured."""
    own = {"p50_ms_batch_1": 3.25, "p50_ms_batch_1_low": 3.125, "p50_ms_batch_1_high": 3.6}
    latency = {model.name: own | {"p50_ms_batch_1_n": 80} for model in REPORT.resolved.models[:2]}
    timed = REPORT.model_copy(update={"timing": {"latency": latency}})
    first = lay_out(timed).candidates[0].dimensions[-1]
    assert first.verdict.status == "information"
    row = first.others[-1]
    assert row.title == "Latency"
    assert row.candidate.value == row.reference.value == "3.250 ms"
    assert row.candidate.detail == "95 % interval 3.125 to 3.600 ms, n\u00a0=\u00a080 calls"
    untimed = lay_out(REPORT).candidates[0].dimensions[-1]
    assert "Latency" not in [row.title for row in untimed.others]
