"""The page Text inspector."""

import json
from pathlib import Path

import pyarrow as pa
import pytest

from tests.support.export_tables import TEXTS, run_tables, text_set
from tests.support.report_samples import HOSTILE, hostile_report, sample_report
from tests.support.ui_hostile import IDS, write_hostile_texts
from tests.support.ui_models import FakeModels
from tests.support.ui_runs import RUN, app_on, write_run
from trust_core.ui.inspector import page as inspector

pytestmark = pytest.mark.slow

MODELS = ("nli-reference", "nli-student-3l", "ref:int8")


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> FakeModels:
    """A warm process that answers at once."""
    double = FakeModels(sample_report().resolved.data.classes)
    monkeypatch.setattr(inspector, "_models", lambda: double)
    return double


@pytest.fixture
def home(home: Path, models: FakeModels) -> Path:
    """The home, with the double of the warm process."""
    return home


def drawn(app, key):
    """What a component is given to draw; None where it is not on the page."""
    for element in app.get("bidi_component"):
        if element.proto.id.endswith(key):
            return json.loads(element.proto.json)
    return None


def words(data):
    """The words of a heatmap."""
    return [unit["name"] for unit in data["units"]]


def open_text(repository, name):
    """The page on one text."""
    app = app_on("inspector", repository)
    app.text_input(key="example").set_value(name).run()
    return app


def write_predicted_only(home):
    """A run on its way that has predicted its texts and explained none."""
    report = sample_report()
    names = [model.name for model in report.resolved.models]
    tables = run_tables(names[0], tuple(names[1:]), texts=text_set(classes=report.resolved.data.classes))
    empty = {
        name: pa.nulls(len(tables.pairs), tables.pairs.schema.field(name).type)
        for name in ("explained_class", "candidate_class", "alignment_lime", "alignment_shap-partition")
    }
    pairs = tables.pairs
    for name, column in empty.items():
        pairs = pairs.set_column(pairs.schema.get_field_index(name), name, column)
    tables = type(tables)(tables.texts, tables.predictions, pairs, tables.attributions.slice(0, 0))
    write_run(home, report, tables, partial=True)


def test_a_finished_run_shows_both_models_on_the_same_words(home: Path, repository: Path) -> None:
    """One text is shown with both answers and one heatmap of both models, row by row the explainers."""
    write_run(home)
    app = app_on("inspector", repository)
    assert not app.exception
    heat = drawn(app, "inspector_heatmap")
    reference, candidate = heat["models"]
    assert [row["label"] for row in heat["rows"]] == ["LIME", "SHAP"]
    assert reference != candidate
    assert {len(values) for row in heat["rows"] for values in row["values"]} == {len(heat["units"])}
    bars = drawn(app, "inspector_bars")
    assert bars["models"] == heat["models"]
    assert any("gold label" in row["tags"] for row in bars["rows"])


def test_the_least_alike_text_comes_first(home: Path, repository: Path) -> None:
    """Without a text in the address, the text with the lowest alignment is shown."""
    write_run(home)
    app = app_on("inspector", repository)
    assert "Text 1 of 4 · t0" in [one.value for one in app.text]


def test_a_deep_link_opens_its_text(home: Path, repository: Path) -> None:
    """The text that the address names is shown, whatever the list begins with."""
    write_run(home)
    app = open_text(repository, "t2")
    assert TEXTS[2][0] in [one.value for one in app.text]
    assert words(drawn(app, "inspector_heatmap"))[:3] == ["The", "train", "left"]


def test_a_stale_link_is_answered(home: Path, repository: Path) -> None:
    """An address that names no text of this run is said to, and another text is shown."""
    write_run(home)
    app = open_text(repository, "<b>gone</b>")
    assert "not in this run" in app.warning[0].value
    assert drawn(app, "inspector_heatmap") is not None


def test_previous_next_and_random_move_through_the_list(home: Path, repository: Path) -> None:
    """The buttons change the text and the address."""
    write_run(home)
    app = app_on("inspector", repository)
    app.button(key="inspector_step_1").click().run()
    assert app.text_input(key="example").value == "t1"
    app.button(key="inspector_step_-1").click().run()
    app.button(key="inspector_step_-1").click().run()
    assert app.text_input(key="example").value == "t3"
    app.button(key="inspector_random").click().run()
    assert app.text_input(key="example").value in {"t0", "t1", "t2"}


def test_search_and_filters_narrow_the_list(home: Path, repository: Path) -> None:
    """The list holds what fits; a filter that nothing fits can be cleared at once."""
    write_run(home)
    app = app_on("inspector", repository)
    app.text_input(key="inspector_search").set_value("vienna").run()
    assert any(one.value.startswith("1 of 4 texts.") for one in app.caption)
    assert app.dataframe[0].value["id"].tolist() == ["t3"]
    app.text_input(key="inspector_search").set_value("nothing holds this").run()
    assert "No text fits the filters." in [one.value for one in app.info]
    app.button(key="inspector_clear_empty").click().run()
    assert any(one.value.startswith("4 of 4 texts.") for one in app.caption)


def test_the_list_obeys_the_selection_of_other_pages(home: Path, repository: Path) -> None:
    """Texts that were chosen on another page are the only ones in the list, until the chip is removed."""
    write_run(home)
    app = app_on("inspector", repository)
    app.session_state["text-filter"] = inspector.state.TextFilter(RUN, ("t1", "t3"), "bin 0.8 to 0.9")
    app.run()
    assert app.dataframe[0].value["id"].tolist() == ["t1", "t3"]
    app.button(key="text-filter-chip").click().run()
    assert len(app.dataframe[0].value) == 4


def test_any_class_can_be_explained(home: Path, repository: Path) -> None:
    """Choosing a class shows that class's weights, for both models."""
    write_run(home)
    app = app_on("inspector", repository)
    before = drawn(app, "inspector_heatmap")
    other = next(name for name in sample_report().resolved.data.classes if name != before["classes"][0])
    app.selectbox(key="inspector_class").select(other).run()
    after = drawn(app, "inspector_heatmap")
    assert after["classes"] == [other, other]
    assert after["rows"][0]["values"] != before["rows"][0]["values"]


def test_sentences_and_own_scale(home: Path, repository: Path) -> None:
    """By sentence the units are sentences; the scale and the differences follow their switches."""
    write_run(home)
    app = app_on("inspector", repository)
    app.segmented_control(key="inspector_unit").set_value("Sentences").run()
    app.segmented_control(key="inspector_scale").set_value("Own").run()
    app.toggle(key="inspector_difference").set_value(False).run()
    heat = drawn(app, "inspector_heatmap")
    assert words(heat) == list(TEXTS[0][:2])
    assert (heat["shared"], heat["difference"]) == (False, False)


def test_tokens_are_asked_of_the_models(home: Path, repository: Path, models: FakeModels) -> None:
    """The view of tokens shows where each model cuts the words."""
    write_run(home)
    app = app_on("inspector", repository)
    app.segmented_control(key="inspector_unit").set_value("Tokens").run()
    whole, halved = drawn(app, "inspector_heatmap")["cuts"]
    assert not any(whole)
    assert halved[1] == [1]
    assert ("pieces", TEXTS[0][:2]) in models.asked


def test_tokens_without_models_fall_back_to_words(home: Path, repository: Path, models: FakeModels) -> None:
    """Where the models are not at hand, the page says so and shows words."""
    models.refuses = True
    write_run(home)
    app = app_on("inspector", repository)
    app.segmented_control(key="inspector_unit").set_value("Tokens").run()
    assert drawn(app, "inspector_heatmap")["cuts"] == []
    assert any("not on this server" in one.value for one in app.text)


def test_a_kept_word_is_told_for_every_class_and_in_other_texts(home: Path, repository: Path) -> None:
    """A word that a click has kept comes with its weights for every class and other texts that hold it."""
    write_run(home)
    app = app_on("inspector", repository)
    heat = drawn(app, "inspector_heatmap")
    app.session_state["inspector_chosen"] = (heat["of"], words(heat).index("A"))
    app.run()
    assert drawn(app, "inspector_heatmap")["chosen"] == 0
    by_class = app.dataframe[1].value
    assert len(by_class) == 2 * len(sample_report().resolved.data.classes)
    assert "No other explained text holds this word." in [one.value for one in app.caption]


def test_texts_that_were_only_predicted_can_be_explained_now(
    home: Path, repository: Path, models: FakeModels
) -> None:
    """Before the first explanations, answers are shown, and a text is explained when it is asked for."""
    write_predicted_only(home)
    app = app_on("inspector", repository)
    assert not app.exception
    said = [one.value for one in app.info]
    assert "The run has predicted this text, not explained it." in said
    assert any("artial" in one for one in said)
    assert drawn(app, "inspector_heatmap") is None
    app.button(key="inspector_explain/t0").click().run()
    heat = drawn(app, "inspector_heatmap")
    assert [row["label"] for row in heat["rows"]] == ["LIME", "SHAP"]
    assert any("no part of the run" in one.value for one in app.caption)


def test_words_left_out_change_both_answers(home: Path, repository: Path, models: FakeModels) -> None:
    """Words that are left out are deleted as explanations delete them; the bars show before and after."""
    write_run(home)
    app = app_on("inspector", repository)
    switches = drawn(app, "inspector_words_off")
    app.session_state["inspector_off"] = (switches["of"], [0, 3])
    app.run()
    shorter = TEXTS[0][0].replace("A man in a blue", "man in blue")
    assert models.asked == [("predict", [(shorter, TEXTS[0][1])])]
    assert drawn(app, "inspector_words_off")["off"] == [0, 3]
    rows = drawn(app, "inspector_off_bars")["rows"]
    stored = drawn(app, "inspector_bars")["rows"]
    assert [row["before"] for row in rows] == [row["values"] for row in stored]
    assert rows[0]["values"] == [pytest.approx(1 / 21)] * 2
    app.button(key="inspector_off_none").click().run()
    assert drawn(app, "inspector_words_off")["off"] == []
    assert drawn(app, "inspector_off_bars")["rows"] == stored


def test_the_top_words_of_a_model_can_be_left_out_at_once(home: Path, repository: Path) -> None:
    """One press leaves out the heaviest words of a model, as many as a top set holds."""
    write_run(home)
    app = app_on("inspector", repository)
    heat = drawn(app, "inspector_heatmap")
    top = [unit for unit, mark in enumerate(heat["rows"][0]["top"]) if mark & 2]
    app.button(key="inspector_off_candidate").click().run()
    assert drawn(app, "inspector_words_off")["off"] == top


def test_an_edit_is_shown_beside_the_pinned_original(
    home: Path, repository: Path, models: FakeModels
) -> None:
    """The edited text is rescored and explained for the same class and colours; the original stays."""
    write_run(home)
    app = app_on("inspector", repository)
    app.text_area[0].set_value("A man is outside.")
    app.button(key="inspector_edit_submit").click().run()
    assert models.asked[-1] == (
        "explain",
        (("A man is outside.", TEXTS[0][1]), ("lime", "shap-partition"), 500),
    )
    original, edited = drawn(app, "inspector_Original_heatmap"), drawn(app, "inspector_Edited_heatmap")
    assert words(original) == words(drawn(app, "inspector_heatmap"))
    assert words(edited)[:4] == ["A", "man", "is", "outside"]
    assert original["classes"] == edited["classes"]
    assert [row["limit"] for row in original["rows"]] == [row["limit"] for row in edited["rows"]]
    assert drawn(app, "inspector_Edited_bars")["rows"][0]["before"] is not None
    app.button(key="inspector_edit_none").click().run()
    assert drawn(app, "inspector_Edited_heatmap") is None
    assert app.text_area[0].value == TEXTS[0][0]


def test_models_that_are_not_here_are_said_not_to_be(
    home: Path, repository: Path, models: FakeModels
) -> None:
    """An imported run is shown whole, and what needs its models says why it cannot be had."""
    models.refuses = True
    write_run(home)
    app = app_on("inspector", repository)
    assert not app.warning
    app.button(key="inspector_edit_submit").click().run()
    assert not app.exception
    assert app.warning[0].value == "The models cannot be asked now."
    assert any("not on this server" in one.value for one in app.text)


def test_a_read_only_server_asks_no_model(
    home: Path, repository: Path, models: FakeModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a server only shows what is there, nothing can be tried out, and tokens say why."""
    monkeypatch.setenv("TRUST_READ_ONLY", "1")
    write_run(home)
    app = app_on("inspector", repository)
    assert drawn(app, "inspector_words_off") is None
    app.segmented_control(key="inspector_unit").set_value("Tokens").run()
    assert any("only shows what is there" in one.value for one in app.text)
    assert models.asked == []


def test_a_run_without_texts_shows_answers_alone(home: Path, repository: Path) -> None:
    """In a run with --no-texts labels and answers are shown, and nothing that needs words."""
    report = sample_report()
    names = [model.name for model in report.resolved.models]
    texts = text_set(classes=report.resolved.data.classes)
    write_run(home, report, run_tables(names[0], tuple(names[1:]), texts=texts, no_texts=True))
    app = app_on("inspector", repository)
    assert not app.exception
    assert any("keeps no texts" in one.value for one in app.info)
    assert drawn(app, "inspector_bars") is not None
    assert drawn(app, "inspector_heatmap") is None


def test_a_damaged_run_is_said_to_be_damaged(home: Path, repository: Path) -> None:
    """A report that cannot be read is a message, not a crash."""
    folder = write_run(home)
    (folder / "report.json").write_text("{}", encoding="utf-8")
    app = app_on("inspector", repository)
    assert not app.exception
    assert app.error


def test_another_run_resets_choices_that_it_does_not_know(home: Path, repository: Path) -> None:
    """A class that was chosen in one run does no harm in a run that has other classes."""
    write_run(home)
    app = app_on("inspector", repository)
    app.selectbox(key="inspector_class").select(sample_report().resolved.data.classes[0]).run()
    write_run(home, hostile_report())
    app.run()
    assert not app.exception


def test_hostile_words_reach_no_markdown(home: Path, repository: Path, models: FakeModels) -> None:
    """Texts, names and labels of others are given to components and text elements alone."""
    models.classes = hostile_report().resolved.data.classes
    write_hostile_texts(home)
    app = app_on("inspector", repository)
    for name in IDS:
        app.text_input(key="example").set_value(name).run()
        assert not app.exception
        assert drawn(app, "inspector_heatmap")["of"].endswith(f"{name}/word")
        for kind in (app.markdown, app.caption, app.info, app.warning, app.error, app.subheader):
            for one in kind:
                for text in HOSTILE:
                    if any(sign in text for sign in "<[$`"):
                        assert text not in one.value
