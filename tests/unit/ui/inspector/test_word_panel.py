import pytest

from tests.support.export_tables import CLASSES, run_tables
from trust_core.ui.inspector.word_panel import elsewhere, explained_words, weights_by_class

REFERENCE, CANDIDATE = "nli-reference", "nli-student-3l"


@pytest.fixture(scope="module")
def tables():
    """Attributions and pairs of a small run."""
    found = run_tables()
    return found.attributions.to_pandas(), found.pairs.to_pandas()


def weight(attributions, **wanted):
    """One weight of the table."""
    rows = attributions[attributions["half"] == "all"]
    for column, value in wanted.items():
        rows = rows[rows[column] == value]
    (found,) = rows["weight"]
    return found


def test_a_word_has_a_weight_for_every_class_and_explainer(tables):
    """The table of a word holds both models' weights of each class, and their difference."""
    attributions, _ = tables
    rows = attributions[attributions["id"] == "t1"]
    table = weights_by_class(rows, segment=0, position=1, models=(REFERENCE, CANDIDATE))
    assert sorted(zip(table["explainer"], table["class"], strict=True)) == sorted(
        (explainer, name) for explainer in ("LIME", "SHAP") for name in CLASSES
    )
    first = table.iloc[0]
    expected = [
        weight(rows, model=model, explainer="lime", segment=0, position=1, **{"class": first["class"]})
        for model in (REFERENCE, CANDIDATE)
    ]
    assert [first[REFERENCE], first[CANDIDATE]] == expected
    assert first["difference"] == pytest.approx(expected[1] - expected[0])


def test_every_explained_word_is_listed_for_the_class_that_was_explained(tables):
    """The list holds each word of each text once an explainer, with both models' weights."""
    attributions, pairs = tables
    words = explained_words(attributions, pairs, reference=REFERENCE, candidate=CANDIDATE)
    one = attributions[(attributions["model"] == REFERENCE) & (attributions["half"] == "all")]
    assert len(words) == len(one) / len(CLASSES)
    row = words[(words["id"] == "t0") & (words["word"] == "ladder") & (words["explainer"] == "lime")].iloc[0]
    explained = pairs[(pairs["id"] == "t0") & (pairs["candidate"] == CANDIDATE)]["explained_class"].iloc[0]
    expected = weight(
        attributions, id="t0", model=CANDIDATE, explainer="lime", word="ladder", **{"class": explained}
    )
    assert row["candidate"] == expected


def test_other_texts_with_the_word_whatever_its_case(tables):
    """The same word in other texts is found in any case, the largest difference first, this text left out."""
    attributions, pairs = tables
    words = explained_words(attributions, pairs, reference=REFERENCE, candidate=CANDIDATE)
    found = elsewhere(words, "THE", besides="t3", explainers=("lime",))
    assert set(found["id"]) == {"t1", "t2"}
    assert set(found["explainer"]) == {"LIME"}
    assert found["difference"].abs().is_monotonic_decreasing
    assert elsewhere(words, "unheard", besides="", explainers=("lime",)).empty


def test_a_run_without_words_lists_none(tables):
    """Without explanations, or in a run that keeps no texts, there are no words to list."""
    attributions, pairs = tables
    nothing = {"reference": REFERENCE, "candidate": CANDIDATE}
    assert explained_words(attributions.drop(columns="word"), pairs, **nothing).empty
    assert explained_words(attributions, pairs.assign(explained_class=None), **nothing).empty
