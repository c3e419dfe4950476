import csv
import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.export_tables import CLASSES, explanations, predictions, run_tables, segmented, text_set
from trust_core.domain.predictions import Predictions
from trust_core.export.frames import (
    attributions_table,
    csv_of_parquet,
    csv_text,
    pairs_table,
    parquet_bytes,
    predictions_table,
    texts_table,
)


def test_columns_of_the_four_tables():
    """The tables have the columns that are promised."""
    tables = run_tables()
    assert tables.texts.column_names == ["id", "text_a", "text_b", "gold", "topic"]
    assert tables.predictions.column_names == ["id", "model", *(f"p_{name}" for name in CLASSES), "pred"]
    assert tables.pairs.column_names == [
        "id",
        "candidate",
        "flip",
        "shift",
        "explained_class",
        "candidate_class",
        "alignment_lime",
        "alignment_shap-partition",
    ]
    expected = "id model explainer half class scale base fidelity segment position start end word weight"
    assert tables.attributions.column_names == expected.split()


def test_no_texts_leaves_no_text_or_word():
    """Without texts no column quotes one, while numbers and places stay."""
    with_texts, without = run_tables(), run_tables(no_texts=True)
    assert without.texts.column_names == ["id", "gold"]
    assert "word" not in without.attributions.column_names
    assert without.attributions.num_rows == with_texts.attributions.num_rows
    content = b"".join(
        parquet_bytes(t) for t in (without.texts, without.predictions, without.pairs, without.attributions)
    )
    assert b"ladder" not in content
    assert b"ladder" in parquet_bytes(with_texts.texts) + csv_text(with_texts.texts).encode()


def test_single_texts_and_missing_labels():
    """A single-text set has an empty text_b; a text without a label has no gold."""
    texts = text_set([("one", "", -1), ("two", "", 1)])
    single = type(texts)(
        ids=texts.ids, text_a=texts.text_a, text_b=None, gold=texts.gold, classes=texts.classes,
        metadata={"gold": ("x", "y")},
    )  # fmt: skip
    table = texts_table(single)
    assert table["text_b"].to_pylist() == [None, None]
    assert table["gold"].to_pylist() == [None, "neutral"]
    assert table["data_gold"].to_pylist() == ["x", "y"]


def test_flips_are_told_apart():
    """Right to wrong, wrong to right, wrong to wrong and no change have their own names."""
    gold = np.array([0, 0, 0, 0, -1])
    reference = Predictions("a", tuple("vwxyz"), CLASSES, np.eye(3)[[0, 1, 1, 0, 0]])
    candidate = Predictions("b", tuple("vwxyz"), CLASSES, np.eye(3)[[1, 0, 2, 0, 1]])
    table = pairs_table(
        gold, reference, [candidate], explained={}, candidate_classes={}, alignments={}, explainers=()
    )
    assert table["flip"].to_pylist() == ["negative", "positive", "changed", "none", "changed"]
    assert table["explained_class"].to_pylist() == [None] * 5


def test_shift_is_candidate_minus_reference():
    """The shift is the difference of the two top confidences."""
    texts = text_set()
    one, two = predictions("a", texts, 0), predictions("b", texts, 1)
    table = pairs_table(
        texts.gold, one, [two], explained={}, candidate_classes={}, alignments={}, explainers=("lime",)
    )
    np.testing.assert_allclose(table["shift"].to_numpy(), two.confidence - one.confidence)
    assert table["alignment_lime"].null_count == len(texts)


def test_predictions_keep_every_probability():
    """Probabilities and predicted classes are those of the records, model after model."""
    texts = text_set()
    models = [predictions("a", texts, 0), predictions("b", texts, 1)]
    table = predictions_table(models)
    assert table["model"].to_pylist() == ["a"] * 4 + ["b"] * 4
    stacked = np.column_stack([table[f"p_{name}"].to_numpy() for name in CLASSES])
    np.testing.assert_array_equal(stacked, np.concatenate([m.probabilities for m in models]))
    assert table["pred"].to_pylist()[:4] == [CLASSES[c] for c in models[0].predicted]


def test_attributions_agree_with_a_slow_loop():
    """Every weight stands beside its word, class, half and model, and the base and fit of its explanation."""
    texts = text_set()
    parts = {name: segmented(name, pair) for name, pair in zip(texts.ids, texts.pairs, strict=True)}
    explained = {"m": explanations(texts, "lime", 3)}
    rows = attributions_table(parts, explained, classes=CLASSES, scale="logit").to_pylist()
    slow = [
        (
            a.text_id,
            a.half,
            name,
            word.segment,
            word.position,
            word.start,
            word.end,
            word.text,
            a.weights[w, k],
            a.base[k],
            a.fidelity[k],
        )
        for explanation in explained["m"]
        for a in explanation.attributions
        for k, name in enumerate(CLASSES)
        for w, word in enumerate(parts[a.text_id].words)
    ]
    keys = (
        "id",
        "half",
        "class",
        "segment",
        "position",
        "start",
        "end",
        "word",
        "weight",
        "base",
        "fidelity",
    )
    assert [tuple(row[key] for key in keys) for row in rows] == slow
    assert {row["half"] for row in rows} == {"all", "h1", "h2"}
    assert {row["scale"] for row in rows} == {"logit"}


def test_no_explanations_give_an_empty_table():
    """A run that explained nothing has a table with all columns and no rows."""
    table = attributions_table({}, {"m": []}, classes=CLASSES, scale="probability")
    assert table.num_rows == 0
    assert "weight" in table.column_names


def test_parquet_is_the_same_for_the_same_table():
    """Bytes do not change between two writings, and the table is read back."""
    tables = run_tables()
    content = parquet_bytes(tables.attributions)
    assert content == parquet_bytes(run_tables().attributions)
    assert pq.read_table(io.BytesIO(content)).num_rows == tables.attributions.num_rows


def test_csv_of_parquet_holds_the_rows():
    """CSV has a header and one line a row, in the order of the table."""
    table = run_tables().predictions
    rows = list(csv.DictReader(io.StringIO(csv_of_parquet(parquet_bytes(table)))))
    assert [row["id"] for row in rows] == table["id"].to_pylist()
    assert float(rows[0]["p_neutral"]) == table["p_neutral"][0].as_py()


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@a", "  =1", "\t=1", "\rx"])
def test_csv_cells_are_no_formulas(cell):
    """A text that a spreadsheet would run gets an apostrophe, also as the name of a column."""
    text = csv_text(pa.table({cell: [cell]}))
    assert list(csv.reader(io.StringIO(text, newline=""))) == [["'" + cell], ["'" + cell]]


def test_csv_numbers_stay_numbers():
    """Negative numbers are no formulas, and what is missing is empty."""
    rows = list(csv.reader(io.StringIO(csv_text(pa.table({"x": [-1.5, None], "y": ["a", None]})))))
    assert rows == [["x", "y"], ["-1.5", "a"], ["", ""]]
