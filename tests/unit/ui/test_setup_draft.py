"""From what is filled in to a spec."""

import pytest

from trust_core.domain.demo import demo_spec
from trust_core.domain.spec import DEMO_MARGINS, Margins
from trust_core.errors import SpecError
from trust_core.ui.setup.draft import AUTOMATIC, NOTHING, Choices, DataDraft, label_map_of, preset, spec_of

MODELS = ("nli-reference", ["nli-student-3l", "ref:int8"])
TEXTS = DataDraft("bundled:nli")


def test_columns_left_to_their_names_are_not_named():
    """A column that is found by its usual name stays out of the spec."""
    draft = DataDraft("texts.csv", {"text_a": AUTOMATIC, "text_b": AUTOMATIC, "label": "answer"})
    assert draft.content() == {"source": "texts.csv", "label": "answer"}


def test_no_label_and_no_second_text_are_said():
    """Data without labels or second texts say so; a missing id is simply missing."""
    draft = DataDraft("texts.csv", {"text_a": "a", "text_b": NOTHING, "label": NOTHING, "id": NOTHING})
    assert draft.content() == {"source": "texts.csv", "text_a": "a", "text_b": "none", "label": "none"}


@pytest.mark.parametrize(
    "draft, missing",
    [
        (DataDraft(), "Choose texts"),
        (DataDraft(reference_predictions="a.csv"), "predictions of at least one candidate"),
        (DataDraft(candidate_predictions=("b.csv",)), "predictions of the reference"),
        (DataDraft(twin_predictions="c.csv"), "predictions of the reference"),
    ],
)
def test_a_form_that_is_not_filled_in_says_what_is_next(draft: DataDraft, missing: str) -> None:
    """A file that has not been chosen yet is a step to take, whichever came first; no error."""
    assert missing in draft.lacks


def test_a_form_that_is_filled_in_lacks_nothing() -> None:
    """Texts alone do, and so do predictions of a reference and a candidate."""
    assert TEXTS.lacks == ""
    assert DataDraft(reference_predictions="a.csv", candidate_predictions=("b.csv",)).lacks == ""


def test_hub_parts_that_are_empty_are_left_out():
    """Only what was typed names a part of a hub data set."""
    draft = DataDraft("hub:owner/set", hub={"config": "", "split": "test", "revision": ""})
    assert draft.content() == {"source": "hub:owner/set", "split": "test"}


def test_demo_fields_make_the_demos_spec():
    """The page as it is first shown runs the very evaluation of the command line's demo."""
    values = preset(TEXTS)
    fields = {
        "explainers": ["lime", "shap"],
        "explain_limit": values["explain_limit"],
        "control_texts": values["control_texts"],
        "aopc_texts": values["aopc_texts"],
        "lime": {"samples": values["samples"]},
    }
    choices = Choices(fields, {name: getattr(DEMO_MARGINS, name) for name in Margins.model_fields})
    assert spec_of(*MODELS, TEXTS, choices) == demo_spec("nli")


def test_other_texts_begin_with_the_usual_defaults():
    """Data of one's own are judged by the ordinary margins."""
    assert preset(DataDraft("texts.csv"))["margins"] == Margins()
    assert preset(DataDraft("texts.csv"))["explain_limit"] == 100


def test_saved_predictions_leave_the_models_out():
    """Files of predictions take the place of models."""
    data = DataDraft(reference_predictions="a.csv", candidate_predictions=("b.csv",))
    spec = spec_of(*MODELS, data, Choices())
    assert spec.from_predictions
    assert spec.reference is None
    assert spec.data is None


def test_everything_that_is_missing_is_listed():
    """Without candidates there is an error that says what is needed, not a run."""
    with pytest.raises(SpecError, match="at least one candidate"):
        spec_of("nli-reference", [], TEXTS, Choices())


def test_unfinished_rows_of_the_label_map_count_for_nothing():
    """Only rows with a known side, a name and a class are taken."""
    rows = [
        ("data", "yes", "paraphrase"),
        ("candidate", "LABEL_0", "not_paraphrase"),
        ("candidate", "LABEL_1", ""),
        ("data", "", "paraphrase"),
        ("somebody", "yes", "paraphrase"),
    ]
    assert label_map_of(rows) == {
        "data": {"yes": "paraphrase"},
        "candidate": {"LABEL_0": "not_paraphrase"},
    }


def test_predictions_of_the_twin_are_a_file():
    """With saved predictions the twin is a file as well, and may be left out."""
    files = {"reference_predictions": "r.csv", "candidate_predictions": ("c.csv",)}
    margins = Margins().model_dump()
    spec = spec_of("", (), DataDraft(**files, twin_predictions="t.csv"), Choices(margins=margins))
    assert (spec.twin_predictions, spec.twin_name) == ("t.csv", None)
    assert spec_of("", (), DataDraft(**files), Choices(margins=margins)).twin_predictions is None
