import pandas as pd
import pytest

from tests.support.export_tables import TEXTS, run_tables
from trust_core.ui.inspector.browse import ANY, Wanted, listing, narrowed, neighbour, sort_keys

REFERENCE, CANDIDATE = "nli-reference", "nli-student-3l"


@pytest.fixture(scope="module")
def listed():
    """The list of a small run whose third text LIME did not explain."""
    tables = run_tables()
    pairs = tables.pairs.to_pandas()
    pairs.loc[(pairs["id"] == "t2"), ["explained_class", "alignment_lime"]] = None
    return listing(
        tables.texts.to_pandas(),
        tables.predictions.to_pandas(),
        pairs,
        reference=REFERENCE,
        candidate=CANDIDATE,
    )


def test_the_list_joins_the_tables(listed):
    """A row holds both texts, label, both answers, flip, shift, alignments and length of one text."""
    assert listed["id"].tolist() == ["t0", "t1", "t2", "t3"]
    row = listed.iloc[1]
    assert row["text_a"] == TEXTS[1][0]
    assert row["words"] == len(f"{TEXTS[1][0]} {TEXTS[1][1]}".split())
    assert row["alignment_lime"] == pytest.approx(0.4)
    assert listed["explained"].tolist() == [True, True, False, True]


def test_a_run_without_texts_is_listed_by_id():
    """Without texts the list has no text columns and cannot be sorted by length."""
    tables = run_tables(no_texts=True)
    listed = listing(
        tables.texts.to_pandas(),
        tables.predictions.to_pandas(),
        tables.pairs.to_pandas(),
        reference=REFERENCE,
        candidate=CANDIDATE,
    )
    assert not {"text_a", "words"} & set(listed.columns)
    assert "words" not in sort_keys(listed)
    assert narrowed(listed, Wanted(search="T1"))["id"].tolist() == ["t1"]


@pytest.mark.parametrize(
    "search, found",
    [("VIENNA", ["t3"]), ("conductor", ["t2"]), ("t1", ["t1"]), ("(", []), ("  ", ["t0", "t1", "t2", "t3"])],
)
def test_search_takes_characters_literally(listed, search, found):
    """The search looks into both texts and the id, whatever the case, and knows no patterns."""
    assert narrowed(listed, Wanted(search=search))["id"].tolist() == found


def test_filters_hold_together(listed):
    """Every filter narrows what the others leave."""
    for column in ("flip", "gold", "reference", "candidate"):
        value = listed[column].iloc[0]
        expected = listed[listed[column] == value]["id"].tolist()
        assert narrowed(listed, Wanted(**{column: value}))["id"].tolist() == expected
    assert narrowed(listed, Wanted(explained=True, gold="neutral"))["id"].tolist() == ["t3"]
    assert narrowed(listed, Wanted(flip=ANY), among=["t3", "t0", "gone"])["id"].tolist() == ["t0", "t3"]


def test_sorting_puts_what_has_no_value_last(listed):
    """Sorted either way, a text without alignment comes last."""
    rising = narrowed(listed, Wanted(sort="alignment_lime"))["id"].tolist()
    falling = narrowed(listed, Wanted(sort="alignment_lime", falling=True))["id"].tolist()
    assert rising == ["t0", "t1", "t3", "t2"]
    assert falling == ["t3", "t1", "t0", "t2"]


def test_shifts_either_way_are_sorted_by_size(listed):
    """Sorted by shift either way, a large fall of confidence comes before a small rise."""
    shifted = listed.assign(shift=[0.1, -0.5, 0.3, 0.0])
    assert narrowed(shifted, Wanted(sort="largest shift", falling=True))["id"].tolist() == [
        "t1",
        "t2",
        "t0",
        "t3",
    ]


def test_every_sort_key_sorts(listed):
    """Everything that is offered for sorting gives all the texts."""
    for key in sort_keys(listed):
        assert sorted(narrowed(listed, Wanted(sort=key))["id"]) == ["t0", "t1", "t2", "t3"]
    assert narrowed(listed, Wanted(falling=True))["id"].tolist() == ["t3", "t2", "t1", "t0"]


def test_neighbours_go_round():
    """After the last text comes the first; from outside the list one comes to its first."""
    assert neighbour(["a", "b", "c"], "c", 1) == "a"
    assert neighbour(["a", "b", "c"], "a", -1) == "c"
    assert neighbour(["a", "b"], "z", 1) == "a"
    assert neighbour([], "a", 1) is None


def test_a_large_list_is_narrowed_fast_enough_for_every_run_of_the_page():
    """Ten thousand texts are listed in the order asked for, each once."""
    count = 10_000
    listed = pd.DataFrame(
        {
            "id": [f"t{at}" for at in range(count)],
            "text_a": [f"The dog number {at} runs" for at in range(count)],
            "gold": ["yes", "no"] * (count // 2),
            "shift": [at / count for at in range(count)],
        }
    )
    found = narrowed(listed, Wanted(search="number 99", gold="no", sort="shift", falling=True))
    assert found["id"].iloc[0] == "t9999"
    assert found["id"].is_unique
