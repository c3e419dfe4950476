import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.support.datasets_files import GENEROUS, write_columns
from trust_core.datasets.predictions_file import SavedPredictions, joined, saved_predictions
from trust_core.errors import PredictionsError, RowErrors

COLUMNS = {
    "uid": ("a", "b", "c"),
    "label": ("yes", "no", "no"),
    "p_yes": ("0.75", "0.25", "0.5"),
    "p_no": ("0.25", "0.75", "0.5"),
}


def _read(folder: Path, columns: Mapping[str, Sequence[str]], name: str = "p.csv") -> SavedPredictions:
    return saved_predictions(str(write_columns(folder / name, columns)), GENEROUS)


def _problems(folder: Path, columns: Mapping[str, Sequence[str]]) -> list[tuple[int, str, str]]:
    with pytest.raises(RowErrors) as caught:
        _read(folder, columns)
    return [(p.row, p.column, p.reason) for p in caught.value.problems]


def test_probabilities(tmp_path: Path) -> None:
    """Probabilities, classes, labels and ids are read as the file gives them."""
    read = _read(tmp_path, COLUMNS)
    assert read.ids == ("a", "b", "c")
    assert read.labels == ("yes", "no", "no")
    assert read.names == ("yes", "no")
    np.testing.assert_array_equal(read.probabilities, [[0.75, 0.25], [0.25, 0.75], [0.5, 0.5]])
    assert read.logits is None


def test_id_comes_before_uid(tmp_path: Path) -> None:
    """The ids are in `id`; `uid` is read only where there is none."""
    assert _read(tmp_path, {**COLUMNS, "id": ("1", "2", "3")}).ids == ("1", "2", "3")


def test_logits_alone(tmp_path: Path) -> None:
    """Logits alone give probabilities by the softmax, also where they are far out."""
    columns = {"id": ("a", "b"), "z_yes": ("1", "2000"), "z_no": ("0", "-2000")}
    read = _read(tmp_path, columns)
    np.testing.assert_allclose(read.probabilities, [[1 / (1 + np.exp(-1)), 1 / (1 + np.e)], [1, 0]])
    np.testing.assert_array_equal(read.logits, [[1, 0], [2000, -2000]])
    assert read.labels is None


def test_both_in_another_order(tmp_path: Path) -> None:
    """Where both are there, probabilities count, and logits are put into the order of their classes."""
    columns = {
        "id": ("a",),
        "z_no": ("0",),
        "z_yes": ("1",),
        "p_yes": ("0.7314",),
        "p_no": ("0.2686",),
    }
    read = _read(tmp_path, columns)
    np.testing.assert_array_equal(read.probabilities, [[0.7314, 0.2686]])
    np.testing.assert_array_equal(read.logits, [[1, 0]])


def test_both_must_agree(tmp_path: Path) -> None:
    """Probabilities more than 1e-3 from the softmax of the logits are a problem of their row."""
    columns = {"id": ("a", "b"), "p_x": ("0.5", "0.5009"), "p_y": ("0.5", "0.4991")}
    zeros = {"z_x": ("0", "0"), "z_y": ("0", "0")}
    assert len(_read(tmp_path, {**columns, **zeros}).ids) == 2
    columns["p_x"], columns["p_y"] = ("0.5", "0.5011"), ("0.5", "0.4989")
    assert _problems(tmp_path, {**columns, **zeros}) == [(2, "p_x", "is 0.0011 from the softmax of z")]


def test_single_precision(tmp_path: Path) -> None:
    """Rounding of single precision is no fault, and is moved into [0, 1]."""
    columns = {"id": ("a",), "p_x": ("1.0000001",), "p_y": ("-0.0000001",)}
    np.testing.assert_array_equal(_read(tmp_path, columns).probabilities, [[1, 0]])


@pytest.mark.parametrize(
    "cells, expected",
    [
        ({"p_yes": ("0.5", "", "x")}, [(1, "p_*"), (2, "p_yes"), (3, "p_yes")]),
        ({"p_yes": ("nan", "inf", "-inf")}, [(1, "p_yes"), (2, "p_yes"), (3, "p_yes")]),
        ({"p_yes": ("0.7", "0.2511", "0.5")}, [(1, "p_*"), (2, "p_*")]),
        ({"p_yes": ("1.25", "0.25", "0.5"), "p_no": ("-0.25", "0.75", "0.5")}, [(1, "p_*")]),
        ({"uid": ("a", "", "a")}, [(2, "uid"), (3, "uid")]),
        ({"label": ("yes", " ", "no")}, [(2, "label")]),
        ({"uid": ("a", "a", "c"), "label": ("", "no", "no"), "p_no": ("0.25", "z", "0.6")},
         [(1, "label"), (2, "uid"), (2, "p_no"), (3, "p_*")]),
    ],
)  # fmt: skip
def test_problems_by_row(tmp_path: Path, cells: dict[str, tuple[str, ...]], expected: object) -> None:
    """Every broken cell and row is listed, once, with its column."""
    assert [(row, column) for row, column, _ in _problems(tmp_path, {**COLUMNS, **cells})] == expected


def test_reasons_show_the_values(tmp_path: Path) -> None:
    """The reasons show what stands in the file."""
    cells = {"p_yes": ("nan", "0.3", "1.5"), "uid": ("a", "b", "a")}
    reasons = [reason for _, _, reason in _problems(tmp_path, {**COLUMNS, **cells})]
    assert reasons == [
        "nan is not finite",
        "0.3, 0.75: they sum to 1.05, not 1",
        "'a' is also the id of row 1",
    ]
    assert _problems(tmp_path, {**COLUMNS, "p_yes": ("0.75", "0.25", "1.5")})[0][2] == (
        "1.5, 0.5: not all in [0, 1]"
    )
    assert _problems(tmp_path, {**COLUMNS, "p_yes": ("0.75", "0.25", "a half")})[0][2] == (
        "'a half' is no number"
    )


def test_an_outlaw_is_not_reported_twice(tmp_path: Path) -> None:
    """A row whose probabilities do not sum to 1 is not held against its logits as well."""
    zeros = {"z_yes": ("1.0986", "-1.0986", "0"), "z_no": ("0", "0", "0")}
    problems = _problems(tmp_path, {**COLUMNS, **zeros, "p_yes": ("0.9", "0.25", "0.5")})
    assert [(row, column) for row, column, _ in problems] == [(1, "p_*")]


@pytest.mark.parametrize(
    "columns, said",
    [
        ({"name": ("a",), "p_x": ("1",), "p_y": ("0",)}, "no column id or uid[\\s\\S]*name, p_x, p_y"),
        ({"id": ("a",), "p_x": ("1",)}, "p_<class> or z_<class>[\\s\\S]*id, p_x"),
        ({"id": ("a",), "x": ("1",), "y": ("0",)}, "p_<class> or z_<class>"),
        (
            {"id": ("a",), "p_x": ("1",), "p_y": ("0",), "z_x": ("1",), "z_w": ("0",)},
            "probabilities of x, y and logits of x, w",
        ),
    ],
)
def test_missing_columns(tmp_path: Path, columns: dict[str, tuple[str, ...]], said: str) -> None:
    """Columns that are missing or do not belong together are named."""
    with pytest.raises(PredictionsError, match=said):
        _read(tmp_path, columns)


def test_a_column_of_blank_labels_is_none(tmp_path: Path) -> None:
    """A label column without any label counts as no labels."""
    assert _read(tmp_path, {**COLUMNS, "label": ("", " ", "")}).labels is None


def test_hash_is_of_the_content(tmp_path: Path) -> None:
    """The hash is the same in every format and another one for other values, labels, ids or logits."""
    first = _read(tmp_path, COLUMNS).content_hash
    for name in ("p.tsv", "p.jsonl", "p.parquet", "p.csv.gz"):
        assert _read(tmp_path, COLUMNS, name).content_hash == first
    z = {"z_yes": ("1.0986", "-1.0986", "0"), "z_no": ("0", "0", "0")}
    others = [
        {**COLUMNS, "uid": ("a", "b", "d")},
        {**COLUMNS, "label": ("no", "no", "no")},
        {**COLUMNS, "p_yes": ("0.7500001", "0.25", "0.5")},
        {**COLUMNS, **z},
        {**COLUMNS, **z, "z_no": ("0", "0", "0.0001")},
    ]
    assert len({first, *(_read(tmp_path, other).content_hash for other in others)}) == 6


def test_joined_by_id(tmp_path: Path) -> None:
    """Files in another order of rows are joined by id, with their logits and labels."""
    turned = {name: cells[::-1] for name, cells in COLUMNS.items()}
    turned |= {"z_yes": ("0", "-1.0986", "1.0986"), "z_no": ("0", "0", "0")}
    first, second = joined([_read(tmp_path, COLUMNS), _read(tmp_path, turned, "q.csv")])
    assert second.ids == first.ids
    assert second.labels == first.labels
    np.testing.assert_array_equal(second.probabilities, first.probabilities)
    np.testing.assert_array_equal(second.logits, [[1.0986, 0], [-1.0986, 0], [0, 0]])


def test_joined_without_labels_on_one_side(tmp_path: Path) -> None:
    """Labels may stand in one file only."""
    bare = {name: cells for name, cells in COLUMNS.items() if name != "label"}
    first, second = joined([_read(tmp_path, COLUMNS), _read(tmp_path, bare, "q.csv")])
    assert first.labels == ("yes", "no", "no")
    assert second.labels is None
    assert [file.source for file in joined([second, first])] == [second.source, first.source]


def test_missing_ids_are_listed(tmp_path: Path) -> None:
    """Ids that only one file has are counted and listed, for both sides at once."""
    other = {**COLUMNS, "uid": ("a", "x", "y")}
    with pytest.raises(PredictionsError) as caught:
        joined([_read(tmp_path, COLUMNS), _read(tmp_path, other, "q.csv")])
    assert re.search(r"2 ids of \S*p\.csv are missing in \S*q\.csv: b, c\.", str(caught.value))
    assert re.search(r"2 ids of \S*q\.csv are missing in \S*p\.csv: x, y\.", str(caught.value))


def test_missing_ids_on_one_side_only(tmp_path: Path) -> None:
    """A file with fewer texts, or with more, is refused with the ids that make the difference."""
    shorter = {name: cells[:2] for name, cells in COLUMNS.items()}
    whole, part = _read(tmp_path, COLUMNS), _read(tmp_path, shorter, "q.csv")
    for files in ([whole, part], [part, whole]):
        with pytest.raises(PredictionsError, match=r"^1 id of \S*p\.csv is missing in \S*q\.csv: c\."):
            joined(files)


def test_long_lists_are_cut(tmp_path: Path) -> None:
    """Of many missing ids ten are shown, and the rest is counted."""
    n = 25
    columns = {"id": [f"t{i:02d}" for i in range(n)], "p_x": ["1"] * n, "p_y": ["0"] * n}
    other = {**columns, "id": [f"t{i:02d}" for i in range(n - 13)] + [f"u{i}" for i in range(13)]}
    with pytest.raises(PredictionsError, match=r"13 ids [^\n]*: t12, [^\n]*t21 and 3 more\."):
        joined([_read(tmp_path, columns), _read(tmp_path, other, "q.csv")])


def test_other_labels_are_refused(tmp_path: Path) -> None:
    """Texts that have another label in the second file are listed."""
    other = {**COLUMNS, "label": ("yes", "yes", "yes")}
    with pytest.raises(PredictionsError, match=r"2 texts have another label[\s\S]*: b, c\."):
        joined([_read(tmp_path, COLUMNS), _read(tmp_path, other, "q.csv")])


def test_published_predictions(shared_data: Path) -> None:
    """The two published files are read whole, joined, and give probabilities of three classes."""
    files = [
        saved_predictions(str(path), GENEROUS)
        for path in sorted(shared_data.glob("preds_snli_devset_bert-base-uncased_seed*.tsv.gz"))
    ]
    first, second = joined(files)
    assert first.ids == second.ids
    assert len(set(first.ids)) == len(first.ids) > 9000
    assert len(first.names) == 3
    np.testing.assert_allclose(first.probabilities.sum(axis=1), 1, atol=1e-3)
