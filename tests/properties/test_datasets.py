"""Sampling, content hashes and formats, over texts that Hypothesis makes up."""

import math
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.datasets_files import GENEROUS, write_columns
from trust_core.datasets.columns import hash_of_columns, texts_from_table
from trust_core.datasets.sampling import stratified_rows
from trust_core.datasets.tables import Table, table_from_file
from trust_core.domain.spec import DataSpec

GOLDS = st.lists(st.integers(-1, 4), min_size=1, max_size=60)
COLUMNS = st.lists(st.lists(st.text(max_size=5), max_size=4), max_size=4)
ANY_TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=20)
LINE_TEXT = st.text(
    st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=20
).filter(lambda text: text.strip() == text and not text.startswith("\ufeff"))


def _sample(gold: list[int], ids: list[str], limit: int, seed: int) -> set[str]:
    return {ids[row] for row in stratified_rows(gold, limit, ids, seed=seed)}


@given(GOLDS, st.data())
def test_order_of_rows_does_not_matter(gold: list[int], data: st.DataObject) -> None:
    """Which ids are chosen does not depend on the order of the rows."""
    ids = [f"id{i}" for i in range(len(gold))]
    limit = data.draw(st.integers(1, len(gold)))
    seed = data.draw(st.integers(0, 2**31 - 1))
    order = data.draw(st.permutations(range(len(gold))))
    shuffled = _sample([gold[i] for i in order], [ids[i] for i in order], limit, seed)
    assert shuffled == _sample(gold, ids, limit, seed)


@given(GOLDS, st.data())
def test_counts_are_exact(gold: list[int], data: st.DataObject) -> None:
    """A sample has exactly as many texts as asked, and each class its share within one text."""
    ids = [f"id{i}" for i in range(len(gold))]
    limit = data.draw(st.integers(1, len(gold)))
    rows = stratified_rows(gold, limit, ids, seed=7)
    assert len(rows) == len(set(rows)) == limit
    counts = Counter(gold[row] for row in rows)
    for label, available in Counter(gold).items():
        share = limit * available / len(gold)
        assert math.floor(share) <= counts[label] <= math.ceil(share)


@given(GOLDS, st.data())
def test_larger_samples_keep_nearly_all_texts(gold: list[int], data: st.DataObject) -> None:
    """A larger limit gives up at the most one text of each class."""
    ids = [f"id{i}" for i in range(len(gold))]
    small = data.draw(st.integers(1, len(gold)))
    large = data.draw(st.integers(small, len(gold)))
    lost = set(stratified_rows(gold, small, ids, seed=3)) - set(stratified_rows(gold, large, ids, seed=3))
    assert all(count <= 1 for count in Counter(gold[row] for row in lost).values())


@given(COLUMNS, COLUMNS)
def test_different_contents_have_different_hashes(first: list[list[str]], second: list[list[str]]) -> None:
    """No two different contents collide by joining cells or columns another way."""
    assert (hash_of_columns(first) == hash_of_columns(second)) == (first == second)


@given(st.lists(st.text(max_size=6), min_size=1, max_size=5), st.data())
def test_moved_borders_change_the_hash(cells: list[str], data: st.DataObject) -> None:
    """The same characters cut into cells elsewhere have another hash."""
    whole = "".join(cells)
    cut = data.draw(st.integers(0, len(whole)))
    other = [whole[:cut], whole[cut:]]
    assert (hash_of_columns([cells]) == hash_of_columns([other])) == (cells == other)


def _hashes(columns: dict[str, list[str]], endings: tuple[str, ...]) -> set[str]:
    with tempfile.TemporaryDirectory() as folder:
        return {
            texts_from_table(
                table_from_file(str(write_columns(Path(folder) / f"d.{ending}", columns)), GENEROUS),
                DataSpec(source="d"),
            ).content_hash
            for ending in endings
        }


@given(st.lists(st.tuples(LINE_TEXT, LINE_TEXT, LINE_TEXT), min_size=1, max_size=5))
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_format_does_not_change_the_hash(rows: list[tuple[str, str, str]]) -> None:
    """The same one-line texts have the same hash from every format, gzipped or not."""
    columns = {name: [row[i] for row in rows] for i, name in enumerate(("text_a", "text_b", "label"))}
    assert len(_hashes(columns, ("csv", "tsv", "jsonl", "parquet", "csv.gz", "jsonl.gz"))) == 1


@given(st.lists(st.tuples(ANY_TEXT, LINE_TEXT), min_size=1, max_size=5))
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_quoting_formats_keep_every_character(rows: list[tuple[str, str]]) -> None:
    """CSV, JSONL and Parquet keep line breaks, quotes, tabs and control characters alike."""
    columns = {"text": [text for text, _ in rows], "label": [label for _, label in rows]}
    assert len(_hashes(columns, ("csv", "jsonl", "parquet"))) == 1


@given(st.lists(st.tuples(ANY_TEXT, LINE_TEXT), min_size=1, max_size=5))
def test_texts_are_not_changed(rows: list[tuple[str, str]]) -> None:
    """Texts pass from the table into the set of texts character by character, blanks included."""
    columns = {"text": tuple(text for text, _ in rows), "label": tuple(label for _, label in rows)}
    texts = texts_from_table(Table("t", dict(columns)), DataSpec(source="t"))
    assert texts.text_a == columns["text"]
    assert texts.labels == columns["label"]
