"""The page Reasons."""

from pathlib import Path

import numpy as np
import pytest

from tests.support.report_samples import HOSTILE, hostile_report, sample_report
from tests.support.ui_many_texts import many_tables
from tests.support.ui_runs import RUN, app_on, said, write_run
from trust_core.alignment.ranking import choose_k
from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.measures import Exact, Measure, Measured, NotMeasured
from trust_core.domain.report import ControlReport, MeasureRow
from trust_core.ui.reasons.explained import explained, top_words
from trust_core.ui.reasons.joint import NOISE_LEFT, example_at, field_frame, joint_of, sampled
from trust_core.ui.reasons.page import alignment_floor, behind_frame, listing_frame, scale_rows
from trust_core.ui.reasons.splits import splits
from trust_core.ui.run_view import RunView, view_of

pytestmark = pytest.mark.slow

REPORT = sample_report()

CANDIDATE = "nli-student-3l"


@pytest.fixture
def view(home: Path) -> RunView:
    """A finished run of 60 texts, 40 of them explained."""
    folder = write_run(home, REPORT, many_tables(REPORT))
    found = view_of(folder, run_id=RUN, name="sample")
    assert found is not None
    return found


def measure(key, of, figure, explainer="lime"):
    """A row of a report."""
    return MeasureRow.of_measure(Measure(key, of, figure, explainer), "")


ALIGNMENT = [
    measure("alignment", "pair", Measured(0.6, 0.5, 0.7, 0.95, 100)),
    measure("alignment", "pair", Exact(1.0), "shap-partition"),
    measure("cross_agreement", "pair", Measured(0.4, 0.3, 0.5, 0.95, 100)),
    measure("self_agreement", "reference", Measured(0.6, 0.5, 0.7, 0.95, 100)),
]


def test_finished_run_shows_every_part(home: Path, repository: Path) -> None:
    """Map, spread with examples, parts, sweeps and the list stand on the page of a finished run."""
    write_run(home, REPORT, many_tables(REPORT))
    app = app_on("reasons", repository)
    assert not app.exception
    assert [one.value for one in app.subheader] == [
        "Alignment of reasons",
        "Same answer, same reasons?",
        "How alike are the reasons of single texts?",
        "Does it depend on the answers?",
        "Every explained text",
        "Does it depend on how many words are compared?",
    ]
    assert [one.label for one in app.button].count("Open this text") == 3


def test_the_other_explainer_is_a_choice_away(home: Path, repository: Path) -> None:
    """LIME and SHAP are shown by the same charts; the choice redraws all that is about single texts."""
    write_run(home, REPORT, many_tables(REPORT))
    app = app_on("reasons", repository)
    before = said(app)
    app.segmented_control(key="reasons-explainer").set_value("shap-partition").run()
    assert not app.exception
    assert "SHAP alignment" in said(app)
    assert said(app) != before


def test_noise_of_the_explainer_is_said_where_there_is_some(home: Path, repository: Path) -> None:
    """LIME's texts may differ by its noise alone, which single texts keep; those of exact SHAP may not."""
    first = REPORT.candidates[0]
    own = (
        measure("self_agreement", "reference", Measured(0.6, 0.5, 0.7, 0.95, 100)),
        measure("self_agreement", "reference", Exact(1.0), "shap-partition"),
    )
    noisy = first.model_copy(update={"measures": (*first.measures, *own)})
    report = REPORT.model_copy(update={"candidates": (noisy, *REPORT.candidates[1:])})
    write_run(home, report, many_tables(report))
    app = app_on("reasons", repository)
    assert not app.exception
    assert NOISE_LEFT in [one.value for one in app.caption]
    assert "may differ by LIME's own noise alone" in said(app)
    app.segmented_control(key="reasons-explainer").set_value("shap-partition").run()
    assert "own noise alone" not in said(app)
    assert "the candidate comes to the reference's answer by other words" in said(app)


def test_no_noise_is_spoken_of_that_was_not_measured(view: RunView) -> None:
    """An explainer whose self-agreement is not in the report is not called noisy."""
    assert not any(sampled(view, CANDIDATE, name) for name in ("lime", "shap-partition"))


def test_texts_of_the_field_are_chosen_on_all_pages(home: Path, repository: Path) -> None:
    """The texts with the same answer and different reasons can be taken along; the count is the map's."""
    write_run(home, REPORT, many_tables(REPORT))
    app = app_on("reasons", repository)
    app.slider(key="reasons-border").set_value(0.7).run()
    shown = next(one.value for one in app.markdown if one.value.startswith("**Same answer, different"))
    count = int(shown.split(":")[1].split()[0])
    next(one for one in app.button if one.label == "Choose these texts").click().run()
    assert not app.exception
    assert f"({count} texts)" in app.button(key="text-filter-chip").label
    assert f"{count} explained texts among the chosen" in said(app)


def test_an_example_opens_in_the_inspector(home: Path, repository: Path) -> None:
    """The text at a percentile is a click away from its heatmap."""
    write_run(home, REPORT, many_tables(REPORT))
    app = app_on("reasons", repository)
    app.button(key="open-10").click().run()
    assert not app.exception
    assert [one.value for one in app.title] == ["Text inspector"]
    assert "".join(app.query_params["example"]).startswith("id-")


def test_partial_results_without_explanations_say_so(home: Path, repository: Path) -> None:
    """Before the first explanation there is no empty chart of texts, but a sentence."""
    write_run(home, REPORT, many_tables(REPORT, explained=0), partial=True)
    app = app_on("reasons", repository)
    assert not app.exception
    assert "No text has been explained" in said(app)
    assert "Same answer, same reasons?" not in [one.value for one in app.subheader]


def test_a_choice_without_explained_texts_says_so(home: Path, repository: Path) -> None:
    """Where none of the chosen texts was explained, the figures of all texts stay."""
    write_run(home, REPORT, many_tables(REPORT, explained=0))
    app = app_on("reliability", repository)
    app.selectbox(key="bin-choice").select_index(0).run()
    app.switch_page("../../pages/reasons.py").run()
    assert not app.exception
    assert "None of the chosen texts was explained" in said(app)
    assert app.subheader[0].value == "Alignment of reasons"


def test_alignment_that_was_not_measured_says_why(home: Path, repository: Path) -> None:
    """The reason and what it would need stand where the figure would stand."""
    first = REPORT.candidates[0]
    missing = measure("alignment", "pair", NotMeasured("the models disagree with themselves", "more samples"))
    report = REPORT.model_copy(
        update={"candidates": (first.model_copy(update={"measures": (missing,)}), *REPORT.candidates[1:])}
    )
    write_run(home, report, many_tables(report))
    app = app_on("reasons", repository)
    assert not app.exception
    assert "the models disagree with themselves; it needs more samples" in said(app)


def test_hostile_words_stay_text(home: Path, repository: Path) -> None:
    """Markup in names, labels and notes reaches neither Markdown nor small tables."""
    report = hostile_report()
    write_run(home, report, many_tables(report))
    app = app_on("reasons", repository)
    assert not app.exception
    for kind in (app.markdown, app.caption, app.info):
        for one in kind:
            for text in HOSTILE:
                if any(sign in text for sign in "<[$`"):
                    assert text not in one.value


def test_runs_without_texts_have_a_map_of_ids(home: Path, repository: Path) -> None:
    """Where texts were left out there are no words, but every chart."""
    write_run(home, REPORT, many_tables(REPORT, no_texts=True))
    app = app_on("reasons", repository)
    assert not app.exception
    listed = next(one.value for one in app.dataframe if "alignment_lime" in one.value.columns)
    assert "both" not in listed.columns
    assert len(listed) == 40


def test_scale_sets_the_candidate_beside_the_ceiling() -> None:
    """Every explainer has its figure, and those of the twin (C3) and the ceiling (C1) where measured."""
    ceiling = ControlReport(
        status="information",
        why="",
        measures=(measure("alignment", "pair", Measured(0.97, 0.9, 1.0, 0.95, 30)),),
    )
    twin = ceiling.model_copy(
        update={"measures": (measure("alignment", "pair", Measured(0.8, 0.7, 0.9, 0.95, 30)),)}
    )
    rows = scale_rows(REPORT.model_copy(update={"controls": {"C1": ceiling, "C3": twin}}), ALIGNMENT)
    assert [(row.explainer, row.kind, row.value) for row in rows] == [
        ("LIME", "candidate", 0.6),
        ("LIME", "twin", 0.8),
        ("LIME", "ceiling", 0.97),
        ("SHAP", "candidate", 1.0),
    ]
    assert alignment_floor(REPORT, REPORT.candidates[0]) == 0.75


def test_parts_of_the_alignment_stand_by_explainer() -> None:
    """What was not measured for an explainer is a dash, not a number."""
    frame = behind_frame(ALIGNMENT)
    assert list(frame.columns) == ["Top words shared", "LIME", "SHAP"]
    assert frame["LIME"][0].startswith("0.400 (0.300 to 0.500)")
    assert set(frame["SHAP"]) == {"–"}
    assert behind_frame([]).empty


def test_fields_of_the_map_hold_every_text_once(view: RunView) -> None:
    """The four counts add up to the texts compared, and the quadrant is one of them."""
    found = explained(view, CANDIDATE, None)
    joint = joint_of(found, "lime", 0.4)
    frame = field_frame(joint)
    counts = [
        [int(cell.split(" (")[0]) for cell in frame[name]]
        for name in ("similar reasons", "different reasons")
    ]
    assert sum(map(sum, counts)) == len(joint.points) == 40
    assert counts[1][0] == joint.quadrant


def test_examples_are_real_texts_at_their_percentile(view: RunView) -> None:
    """The text at the 50th percentile has as many texts below as above."""
    found = explained(view, CANDIDATE, None)
    values = np.sort(found.alignment("lime"))
    for percentile in (10, 50, 90):
        row = example_at(found, "lime", percentile)
        assert row["alignment_lime"] == values[round(39 * percentile / 100)]
        assert row["id"] in set(view.texts["id"])


def test_top_words_are_those_with_the_largest_weights(view: RunView) -> None:
    """Shared and own words of both models together are each model's top K by absolute weight."""
    found = top_words(view, CANDIDATE, "shap-partition")
    rows = view.attributions
    pairs = view.pairs[view.pairs["candidate"] == CANDIDATE].set_index("id")
    for name in ("id-000", "id-013"):
        of_text = rows[
            (rows["id"] == name) & (rows["explainer"] == "shap-partition") & (rows["half"] == "all")
        ]
        tops = []
        for model in (view.reference, CANDIDATE):
            one = of_text[
                (of_text["model"] == model) & (of_text["class"] == pairs.at[name, "explained_class"])
            ]
            k = choose_k(len(one), fraction=0.2)
            tops.append(one.iloc[np.argsort(-one["weight"].abs().to_numpy())[:k]]["word"].tolist())
        both, ours, theirs = (
            [word for word in found.at[name, column].split(", ") if word] for column in found.columns
        )
        assert sorted(both + ours) == sorted(tops[0])
        assert sorted(both + theirs) == sorted(tops[1])


def test_parts_hold_all_texts_and_refuse_small_ones(view: RunView) -> None:
    """Same and another answer add up to all; fewer than twenty texts have no mean."""
    frame = splits(explained(view, CANDIDATE, None), seed=0).set_index("Texts")
    counts = {name.rsplit(" (", 1)[0]: int(name.rsplit("(", 1)[1][:-1]) for name in frame.index}
    assert counts["same answer"] + counts["another answer"] == counts["all"] == 40
    assert " to " in frame.loc["all (40)", "LIME"]
    for name, cell in frame["LIME"].items():
        assert cell.startswith("too few") == (int(str(name).rsplit("(", 1)[1][:-1]) < 20)


def test_list_begins_with_the_least_alike(view: RunView) -> None:
    """Every explained text is listed once, in the order of its alignment, with both models' words."""
    found = explained(view, CANDIDATE, None)
    frame = listing_frame(view, CANDIDATE, found, "lime")
    assert frame["alignment_lime"].is_monotonic_increasing
    assert len(frame) == 40
    assert {"both", "only reference", "only candidate"} <= set(frame.columns)


def test_only_chosen_texts_count(view: RunView) -> None:
    """With a choice, the others are left out; without labels, answers alone make the parts."""
    found = explained(view, CANDIDATE, ("id-001", "id-002", "id-059"))
    assert found.frame["id"].tolist() == ["id-001", "id-002"]
    assert explained(view, CANDIDATE, ("id-059",)).explainers == ()


def part_row(part: str, figure, key: str = "alignment") -> MeasureRow:
    """A row of a part of the texts."""
    return MeasureRow.of_measure(Measure(key, "pair", figure, "lime", {"texts": part}), "")


def test_parts_come_from_the_report(home: Path, repository: Path) -> None:
    """The figures of the parts are those of the report, with texts; a figure is chosen by name."""
    rows = (
        part_row("same answer", Measured(0.71, 0.61, 0.81, 0.95, 31)),
        part_row("another answer", NotMeasured("9 texts are too few", "at least 20")),
        part_row("same answer", Measured(0.42, 0.32, 0.52, 0.95, 31), "cosine"),
    )
    ours = REPORT.candidates[0].model_copy(update={"reasons_by_answers": rows})
    report = REPORT.model_copy(update={"candidates": (ours, *REPORT.candidates[1:])})
    write_run(home, report, many_tables(report))
    app = app_on("reasons", repository, candidate=ours.name)
    assert not app.exception
    tables = " ".join(str(one.value) for one in app.table).replace("\\", "")
    assert "0.710 (0.610 to 0.810), n = 31" in tables
    assert "not measured" in tables
    app.selectbox(key="reasons-by-answers").select(CATALOGUE["cosine"].title).run()
    assert "0.420" in " ".join(str(one.value) for one in app.table).replace("\\", "")
    assert "Side by side:" in said(app)
