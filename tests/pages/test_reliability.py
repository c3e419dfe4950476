"""The page Reliability."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.support.report_samples import HOSTILE, hostile_report, sample_report
from tests.support.thresholds import with_thresholds
from tests.support.ui_many_texts import many_tables
from tests.support.ui_runs import RUN, app_on, said, write_run
from trust_core.domain.predictions import Predictions
from trust_core.domain.report import MeasureRow
from trust_core.export.page import TWO_LEVELS
from trust_core.ui.compact import short_name
from trust_core.ui.reliability.answered import Answered
from trust_core.ui.reliability.bins import ChosenBin, read_bin
from trust_core.ui.reliability.drawn import SHAPES, Wanted, draw
from trust_core.ui.reliability.mending import as_reported, mend, mended_frame
from trust_core.ui.reliability.scatter import sample
from trust_core.ui.reliability.thresholds import kept_at, threshold_frame

pytestmark = pytest.mark.slow

REPORT = sample_report()


def found(n=60, seed=0) -> Answered:
    """Answers of two models to n texts, as a page has them."""
    tables = many_tables(REPORT, n=n)
    frame = tables.predictions.to_pandas()
    classes = REPORT.resolved.data.classes
    models = []
    for name in ("nli-reference", "nli-student-3l"):
        of_model = frame[frame["model"] == name]
        models.append(
            Predictions(
                name, tuple(of_model["id"]), classes, of_model[[f"p_{c}" for c in classes]].to_numpy()
            )
        )
    gold = np.array([classes.index(label) for label in tables.texts.to_pandas()["gold"]])
    return Answered(gold, models[0], models[1], seed)


FOUND = found()


def test_finished_run_shows_every_part(home: Path, repository: Path) -> None:
    """Diagram, scatter, Brier split and temperature scaling stand on the page of a finished run."""
    write_run(home, REPORT, many_tables(REPORT))
    app = app_on("reliability", repository)
    assert not app.exception
    assert [one.value for one in app.subheader] == [
        "Confidence against accuracy",
        "How sure is each model of the same text?",
        "What does a threshold keep?",
        "Is it calibration or discrimination?",
        "Can recalibration close the gap?",
    ]
    assert [one.label for one in app.metric][:2] == ["Brier score, change", "Over\\-confidence, change"]
    assert TWO_LEVELS in [one.value for one in app.caption]


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != "isotonic"])
def test_every_kind_of_bins_is_drawn(home: Path, repository: Path, shape: str) -> None:
    """Equal width, equal mass and smooth curves draw, and the errors beside them follow the choice."""
    write_run(home, REPORT, many_tables(REPORT))
    app = app_on("reliability", repository)
    app.segmented_control(key="reliability-shape").set_value(shape).run()
    app.slider(key="reliability-bins").set_value(7).run()
    assert not app.exception
    errors = app.table[0].value
    assert ("SmoothECE" in set(errors["Error"])) == (shape == "smooth")
    assert "7" in said(app)


def test_own_edges_leave_no_difference(home: Path, repository: Path) -> None:
    """With bins of their own the models' errors stand side by side without a difference."""
    write_run(home, REPORT, many_tables(REPORT))
    app = app_on("reliability", repository)
    app.segmented_control(key="reliability-shape").set_value("equal-mass").run()
    assert "Difference" in app.table[0].value.columns
    app.segmented_control(key="reliability-edges").set_value("own").run()
    assert not app.exception
    assert "Difference" not in app.table[0].value.columns


def test_one_class_can_be_looked_at(home: Path, repository: Path) -> None:
    """A class instead of the predicted one is a choice like the others."""
    write_run(home, REPORT, many_tables(REPORT))
    app = app_on("reliability", repository)
    app.selectbox(key="reliability-class").select_index(2).run()
    assert not app.exception


def test_a_bin_lists_its_texts_and_is_chosen_everywhere(home: Path, repository: Path) -> None:
    """Without a pointer: a bin of the list shows its texts, stands in the address, and chooses them."""
    write_run(home, REPORT, many_tables(REPORT))
    app = app_on("reliability", repository)
    choice = app.selectbox(key="bin-choice")
    last = choice.options[-1]
    count = int(last.rsplit("(", 1)[1].split()[0])
    choice.select(last).run()
    assert not app.exception
    assert "".join(app.query_params["bin"]).startswith("candidate~top~")
    listed = next(one.value for one in app.dataframe if "reference confidence" in one.value.columns)
    assert len(listed) == count
    assert f"{count} texts" in app.button(key="text-filter-chip").label
    assert (listed["candidate confidence"] > 0.8).all()


def test_a_bin_in_the_address_is_restored(home: Path, repository: Path) -> None:
    """Who opens a link with a bin sees its texts, chosen as after a click."""
    write_run(home, REPORT, many_tables(REPORT))
    app = app_on("reliability", repository, bin="reference~top~0.9~1.0")
    assert not app.exception
    assert "0\\.90 to 1\\.00" in app.button(key="text-filter-chip").label
    app.button(key="text-filter-chip").click().run()
    assert app.selectbox(key="bin-choice").value is None
    assert not [one for one in app.button if one.key == "text-filter-chip"]


@pytest.mark.parametrize(
    "address", ["x", "reference~top~0.9", "candidate~9~0~1", "reference~top~nan~1", "~~~"]
)
def test_a_bin_that_nobody_made_is_ignored(home: Path, repository: Path, address: str) -> None:
    """Whatever an address says, the page draws all texts."""
    write_run(home, REPORT, many_tables(REPORT))
    app = app_on("reliability", repository, bin=address)
    assert not app.exception
    assert app.selectbox(key="bin-choice").value is None


def test_partial_results_are_drawn_as_such(home: Path, repository: Path) -> None:
    """A run that has predictions alone has its diagrams, marked as partial."""
    write_run(home, REPORT, many_tables(REPORT, explained=0), partial=True)
    app = app_on("reliability", repository)
    assert not app.exception
    assert any("artial" in one.value for one in app.info)
    assert "Confidence against accuracy" in [one.value for one in app.subheader]


def test_without_labels_only_what_needs_none_is_shown(home: Path, repository: Path) -> None:
    """Unlabelled texts have no diagram but a scatter, and the page says why."""
    write_run(home, REPORT, many_tables(REPORT, labelled=False))
    app = app_on("reliability", repository)
    assert not app.exception
    assert "gold label" in said(app)
    assert [one.value for one in app.subheader] == ["How sure is each model of the same text?"]


def test_a_handful_of_texts_has_no_intervals(home: Path, repository: Path) -> None:
    """Fewer than twenty texts are drawn, but split and recalibration are left out."""
    write_run(home)
    app = app_on("reliability", repository)
    assert not app.exception
    assert "Can recalibration close the gap?" not in [one.value for one in app.subheader]


def test_texts_chosen_elsewhere_are_what_is_drawn(home: Path, repository: Path) -> None:
    """A choice made on another page restricts the diagram, and the page says so."""
    write_run(home, REPORT, many_tables(REPORT))
    app = app_on("reasons", repository)
    chosen = next(one for one in app.button if one.label == "Choose these texts")
    chosen.click().run()
    app.switch_page("../../pages/reliability.py").run()
    assert not app.exception
    assert "chosen texts" in said(app)


def test_hostile_names_and_classes_stay_text(home: Path, repository: Path) -> None:
    """Markup in the names of models and classes reaches neither Markdown nor tables."""
    report = hostile_report()
    write_run(home, report, many_tables(report))
    app = app_on("reliability", repository)
    app.selectbox(key="bin-choice").select_index(0).run()
    app.selectbox(key="reliability-class").select_index(1).run()
    assert not app.exception
    for kind in (app.markdown, app.caption, app.info):
        for one in kind:
            for text in HOSTILE:
                if any(sign in text for sign in "<[$`"):
                    assert text not in one.value
    for table in app.table:
        for column in table.value.columns:
            assert not any(text in str(column) for text in HOSTILE if "<" in text)


def test_runs_without_texts_list_ids_alone(home: Path, repository: Path) -> None:
    """Where texts were left out, a bin still lists answers."""
    write_run(home, REPORT, many_tables(REPORT, no_texts=True))
    app = app_on("reliability", repository)
    app.selectbox(key="bin-choice").select_index(0).run()
    assert not app.exception


def test_points_of_the_diagram_know_their_bins() -> None:
    """Every point that can be clicked stands for as many texts as lie in its bin."""
    for wanted in (
        Wanted("equal-width", 10, own=False, of_class=None),
        Wanted("equal-mass", 8, own=True, of_class=None),
        Wanted("smooth", 6, own=False, of_class=1),
        Wanted("isotonic", 6, own=False, of_class=None),
        Wanted("isotonic", 6, own=False, of_class=1),
    ):
        drawn = draw(FOUND, wanted)
        assert len(drawn.points) == len(drawn.counts) == len(drawn.view.points)
        for point, count in zip(drawn.points, drawn.counts, strict=True):
            model = FOUND.of(point.of)
            column = model.confidence if point.of_class is None else model.probabilities[:, point.of_class]
            assert ((column > point.left) & (column <= point.right)).sum() == count
        assert sum(drawn.counts) == 120


def test_a_bin_survives_its_address() -> None:
    """A bin written into an address is read back the same to the last digit."""
    for one in (
        ChosenBin("reference", None, 0.1 + 0.2, 0.9),
        ChosenBin("candidate", 2, 0.0, 1 / 3),
    ):
        assert read_bin(one.address, 3) == one
    assert read_bin(ChosenBin("candidate", 2, 0.0, 1.0).address, 2) is None


def test_the_first_bin_holds_zero() -> None:
    """A probability of exactly 0 lies in the first bin, as in the diagram."""
    drawn = draw(FOUND, Wanted("equal-width", 5, own=False, of_class=0))
    assert sum(drawn.counts) == 2 * len(FOUND)


def test_scatter_keeps_changes_and_is_the_same_every_time() -> None:
    """A sample holds at most what is wanted, changed outcomes first, and no chance of its own."""
    whole, part = sample(FOUND), sample(FOUND, most=20)
    assert len(whole.points) == 60
    assert len(part.points) == 20
    kept = sum(one in ("negative", "positive") for one in part.points.outcomes)
    assert kept == min(whole.moved, 10)
    assert part.ids == sample(FOUND, most=20).ids
    assert set(part.ids) <= set(whole.ids)


def test_a_threshold_keeps_what_lies_above_it(home: Path, repository: Path) -> None:
    """Coverage and risk are those of the texts at or above the threshold; above all, nothing is wrong."""
    frame = threshold_frame(kept_at(FOUND, 0.6), FOUND)
    for row, model in zip(frame.to_dict("records")[:2], (FOUND.reference, FOUND.candidate), strict=True):
        kept = model.confidence >= 0.6
        assert row["Taken"].startswith(f"{kept.mean() * 100:.1f} % (")
        wrong = (model.predicted != FOUND.gold)[kept]
        assert row["Wrong"].startswith(f"{wrong.mean() * 100:.1f} % (")
        assert row["Wrong"].endswith(f"n = {kept.sum()}")
    assert frame["Model"].tolist()[2] == "Difference"
    assert threshold_frame(kept_at(FOUND, 1.01), FOUND)["Wrong"].str.startswith("not measured").all()
    write_run(home, REPORT, many_tables(REPORT))
    app = app_on("reliability", repository)
    app.slider(key="reliability-threshold").set_value(0.5).run()
    assert not app.exception


def test_the_slider_starts_at_the_threshold_of_the_reference(home: Path, repository: Path) -> None:
    """The report's threshold is said, where the slider stands, and what a button brings it back to."""
    report = with_thresholds(REPORT)
    write_run(home, report, many_tables(report))
    app = app_on("reliability", repository)
    row = next(one for one in report.candidates[0].measures if one.key == "threshold")
    assert row.value is not None
    assert f"the threshold is {row.value:.3f}" in said(app)
    start = app.slider(key="reliability-threshold").value
    assert 0 <= start - row.value < 0.01
    assert {"Risk, change", "Coverage, change", "Threshold of the reference"} <= {
        one.label for one in app.metric
    }
    app.slider(key="reliability-threshold").set_value(0.4).run()
    app.button(key="reliability-threshold-tuned").click().run()
    assert not app.exception
    assert app.slider(key="reliability-threshold").value == start


def test_a_threshold_that_could_not_be_tuned_says_why(home: Path, repository: Path) -> None:
    """Where the accepted risk is out of reach the page gives the reason and keeps its slider."""
    report = with_thresholds(REPORT, accepted_risk=1e-6)
    write_run(home, report, many_tables(report))
    app = app_on("reliability", repository)
    assert not app.exception
    assert "No threshold of the reference could be tuned" in said(app)
    assert app.slider(key="reliability-threshold").value == 0.8


def test_long_names_keep_both_ends() -> None:
    """Of a path the last part is shown, and of a long name what tells it from its neighbours."""
    assert short_name("nli-student-3l") == "nli-student-3l"
    assert short_name("/models/of/a/team/that/files/deeply/student") == "student"
    names = {short_name(f"predictions_of_a_model_with_a_long_name_seed{at}.tsv.gz") for at in range(2)}
    assert len(names) == 2
    assert all(len(name) <= 32 for name in names)


def test_recalibration_keeps_answers_and_is_told_before_and_after() -> None:
    """Every figure stands twice, and the difference of identical models is zero in both states."""
    mended = mend(FOUND)
    frame = mended_frame(mended, ("A", "B"))
    assert len(frame) == 8
    assert list(frame.columns) == ["Measure", "A", "B", "Difference"]
    same = mend(Answered(FOUND.gold, FOUND.reference, FOUND.reference, 0))
    zero = mended_frame(same, ("A", "B"))
    assert zero["Difference"].str.startswith("0").all()
    assert same.temperatures[0] == same.temperatures[1]


def test_figures_of_all_texts_have_the_intervals_of_the_report() -> None:
    """One figure has one interval on the page: the report's, wherever the report has it."""
    mended = mend(FOUND)
    given = MeasureRow(
        key="brier_scaled", of="difference", unit="", value=0.5, low=0.25, high=0.75, level=0.95, n=40
    )
    shown = as_reported(mended, (given,))
    assert shown.before == mended.before
    changed = [(old, new) for old, new in zip(mended.after, shown.after, strict=True) if old != new]
    assert [(new.key, new.of, new.low, new.high) for _, new in changed] == [
        ("brier", "difference", 0.25, 0.75)
    ]
    assert mended_frame(shown, ("A", "B"))["Difference"][1] == "+0.500 (+0.250 to +0.750)"


def test_address_holds_no_more_than_a_choice(home: Path, repository: Path) -> None:
    """Another candidate forgets the bin, which was one of the model before."""
    write_run(home, REPORT, many_tables(REPORT))
    app = app_on("reliability", repository)
    app.selectbox(key="bin-choice").select_index(0).run()
    assert app.query_params["bin"]
    app.sidebar.selectbox(key="candidate-choice").select("ref:int8").run()
    assert not app.exception
    assert app.selectbox(key="bin-choice").value is None
    assert "".join(app.query_params["run"]) == RUN
    assert isinstance(app.table[0].value, pd.DataFrame)
