import numpy as np
import pytest

from trust_core.datasets.columns import Texts, hash_of_columns, texts_from_table
from trust_core.datasets.tables import Table
from trust_core.domain.spec import DataSpec
from trust_core.domain.texts import NO_LABEL
from trust_core.errors import DataError, RowErrors

PAIRS = {
    "premise": ("A dog runs.", "A cat sits.", "It rains."),
    "hypothesis": ("An animal moves.", "A dog sits.", "It is wet."),
    "label": ("entailment", " neutral ", "neutral"),
    "topic": ("animals", "animals", None),
}


def _texts(columns: dict[str, tuple[str | None, ...]], **names: str) -> Texts:
    return texts_from_table(Table("pairs.csv", columns), DataSpec(source="pairs.csv", **names))


def _problems(columns: dict[str, tuple[str | None, ...]], **names: str) -> list[tuple[int, str, str]]:
    with pytest.raises(RowErrors) as caught:
        _texts(columns, **names)
    return [(p.row, p.column, p.reason) for p in caught.value.problems]


def test_usual_names_are_found() -> None:
    """Columns with usual names need no naming; the others become metadata; labels lose outer blanks."""
    texts = _texts(PAIRS)
    assert texts.text_a == PAIRS["premise"]
    assert texts.text_b == PAIRS["hypothesis"]
    assert texts.labels == ("entailment", "neutral", "neutral")
    assert texts.label_names == ("entailment", "neutral")
    assert texts.ids == ("1", "2", "3")
    assert texts.metadata == {"topic": ("animals", "animals", "")}
    assert texts.notes == ()


def test_named_columns_win() -> None:
    """A column that is named is used even where a usual one is there."""
    columns = {**PAIRS, "mine": ("a", "b", "c"), "name": ("x", "y", "z")}
    texts = _texts(columns, text_a="mine", id="name")
    assert texts.text_a == ("a", "b", "c")
    assert texts.ids == ("x", "y", "z")
    assert "premise" in texts.metadata


def test_single_texts() -> None:
    """`none` for text_b reads single texts even where a second column is there."""
    texts = _texts(PAIRS, text_b="none")
    assert texts.text_b is None
    assert "hypothesis" in texts.metadata
    assert texts.notes == ()


def test_second_texts_that_are_not_found_are_noted() -> None:
    """A lone premise is read as single texts, and the notes say so."""
    columns = {"premise": ("a",), "hypo": ("b",), "label": ("x",)}
    assert "single texts" in _texts(columns).notes[0]
    assert _texts({"text": ("a",), "label": ("x",)}).notes == ()


def test_unlabelled_texts() -> None:
    """`none` for label reads texts without gold classes."""
    texts = _texts({"text": ("a", "b"), "label": (None, "x")}, label="none")
    assert texts.labels is None
    assert texts.label_names == ()
    marked = texts.with_classes(("x", "y"), {})
    assert marked.gold.tolist() == [NO_LABEL, NO_LABEL]
    assert not marked.labelled


def test_gold_classes() -> None:
    """Labels become indices into the canonical classes."""
    marked = _texts(PAIRS).with_classes(("neutral", "entailment"), {"neutral": 0, "entailment": 1})
    np.testing.assert_array_equal(marked.gold, [1, 0, 0])
    assert marked.labelled


@pytest.mark.parametrize(
    "role, given, said",
    [
        ("text_a", "premises", r"no column 'premises' \(for text_a\)[\s\S]*'premise'\?[\s\S]*--text-a"),
        ("text_b", "hypotesis", r"Did you mean 'hypothesis'[\s\S]*--text-b"),
        ("label", "lable", r"'label'\?[\s\S]*--label"),
        ("id", "zzz", r"Known: 'hypothesis', 'label', 'premise', 'topic'\.[\s\S]*--id"),
    ],
)
def test_named_column_is_missing(role: str, given: str, said: str) -> None:
    """A column that is not there is refused with the nearest name and the flag that names it."""
    with pytest.raises(DataError, match=said):
        _texts(PAIRS, **{role: given})


def test_needed_column_is_missing() -> None:
    """Without any usual name the message lists them, the file's columns and the flag."""
    with pytest.raises(DataError, match=r"none of text_a, premise[\s\S]*columns: a, b[\s\S]*--text-a"):
        _texts({"a": ("x",), "b": ("y",)})
    with pytest.raises(DataError, match=r"column for label[\s\S]*--label none"):
        _texts({"text": ("x",)})
    with pytest.raises(DataError, match=r"Its columns: text, lable\. Did you mean 'lable'\?\n"):
        _texts({"text": ("x",), "lable": ("a",)})


def test_one_column_for_two_purposes() -> None:
    """One column cannot be two things at once."""
    with pytest.raises(DataError, match="'premise' is named for two purposes"):
        _texts(PAIRS, text_b="premise")


def test_every_problem_is_listed_in_order_of_rows() -> None:
    """Missing texts, labels and ids, repeated ids and far too long cells are listed together."""
    columns: dict[str, tuple[str | None, ...]] = {
        "id": ("a", "a", " ", None),
        "premise": (None, "x" * 100_001, "", "x"),
        "hypothesis": ("x", "x", "x", None),
        "label": ("x", "x", " ", None),
    }
    assert _problems(columns) == [
        (1, "premise", "no text"),
        (2, "premise", "100,001 characters; at most 100,000 are allowed"),
        (2, "id", "'a' is also the id of row 1"),
        (3, "label", "no label (give --label none if the texts have none)"),
        (3, "id", "no id"),
        (4, "hypothesis", "no text"),
        (4, "label", "no label (give --label none if the texts have none)"),
        (4, "id", "no id"),
    ]


def test_nested_values_are_no_texts() -> None:
    """A list where a text should be is a problem of its row; in a further column it is none."""
    table = Table("d.jsonl", {"text": ("[1]", "x"), "label": ("a", "b"), "more": ("[]", "")}, {"text": (1,)})
    with pytest.raises(RowErrors, match="row 1, column 'text': a list, an object or raw bytes"):
        texts_from_table(table, DataSpec(source="d.jsonl"))
    harmless = Table("d.jsonl", {**table.columns, "text": ("x", "y")}, {"more": (1,)})
    assert texts_from_table(harmless, DataSpec(source="d.jsonl")).metadata == {"more": ("[]", "")}


def test_duplicates_and_empty_texts_are_noted() -> None:
    """Texts that repeat an earlier one and texts without words stay, and are counted in the notes."""
    columns: dict[str, tuple[str | None, ...]] = {
        "premise": ("a", "a", "a", " ", ""),
        "hypothesis": ("b", "b", "c", "x", ""),
        "label": ("x",) * 5,
    }
    texts = _texts(columns)
    assert len(texts.ids) == 5
    assert texts.notes == (
        "1 of 5 texts repeat an earlier one word for word.",
        "2 of 5 texts are empty, or have an empty part.",
    )


def test_hash_knows_what_results_depend_on() -> None:
    """Ids, texts and labels change the hash; source, further columns and notes do not."""
    base = _texts(PAIRS)
    same = texts_from_table(
        Table("other.tsv", {k: v for k, v in PAIRS.items() if k != "topic"}), DataSpec(source="x")
    )
    assert base.content_hash == same.content_hash
    for column, changed in (
        ("premise", ("A dog runs.", "A cat sits.", "It rains!")),
        ("hypothesis", ("An animal moves.", "A dog sits.", "")),
        ("label", ("neutral", "neutral", "neutral")),
        ("id", ("1", "2", "4")),
    ):
        assert _texts({**PAIRS, column: changed}).content_hash != base.content_hash
    assert _texts(PAIRS, text_b="none").content_hash != base.content_hash
    assert _texts(PAIRS, label="none").content_hash != base.content_hash


def test_taken_rows() -> None:
    """Taking rows takes every column with them, in the order that was asked; single texts stay single."""
    taken = _texts(PAIRS).take([2, 0])
    assert (taken.ids, taken.text_a) == (("3", "1"), ("It rains.", "A dog runs."))
    assert (taken.text_b, taken.labels) == (("It is wet.", "An animal moves."), ("neutral", "entailment"))
    assert taken.metadata == {"topic": ("", "animals")}
    assert taken.source == "pairs.csv"
    bare = _texts(PAIRS, text_b="none", label="none").take([1])
    assert (bare.text_a, bare.text_b, bare.labels) == (("A cat sits.",), None, None)


def test_hash_separates_columns() -> None:
    """Moving a cell from one column to the next gives another hash."""
    assert hash_of_columns([["a", "b"], ["c"]]) != hash_of_columns([["a"], ["b", "c"]])
    assert hash_of_columns([[]]) != hash_of_columns([[], []])
