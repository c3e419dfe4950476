import csv
import datetime as dt
import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.datasets_files import GENEROUS, write_columns
from trust_core.datasets.limits import MAX_CHARACTERS, Limits
from trust_core.datasets.tables import Table, cell_problems, table_from_file
from trust_core.errors import DataError, RowErrors, RowProblem


def _file(folder: Path, name: str, content: str | bytes) -> str:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def _problems(name: str) -> list[tuple[int, str, str]]:
    with pytest.raises(RowErrors) as caught:
        table_from_file(name, GENEROUS)
    return [(p.row, p.column, p.reason) for p in caught.value.problems]


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet", "csv.gz", "tsv.gz", "jsonl.gz"])
def test_formats_hold_the_same_table(tmp_path: Path, ending: str) -> None:
    """Every format gives the same columns of strings."""
    path = write_columns(tmp_path / f"data.{ending}", {"text": ["ein Satz", "zwei"], "label": ["a", "b"]})
    assert table_from_file(str(path), GENEROUS).columns == {"text": ("ein Satz", "zwei"), "label": ("a", "b")}


@pytest.mark.parametrize(
    "ending, written", [("ndjson", "jsonl"), ("tab", "tsv"), ("pq", "parquet"), ("CSV", "csv")]
)
def test_other_endings(tmp_path: Path, ending: str, written: str) -> None:
    """Other customary endings, and capital letters, name the same formats."""
    path = write_columns(tmp_path / f"data.{written}", {"text": ["x"]})
    renamed = path.rename(tmp_path / f"other.{ending}")
    assert table_from_file(str(renamed), GENEROUS).columns == {"text": ("x",)}


def test_gzip_follows_the_given_name(tmp_path: Path) -> None:
    """A link without an ending in its target (a cache of blobs) is read by the link's own name."""
    blob = tmp_path / "a1b2"
    blob.write_bytes(gzip.compress(b"text\nx\n"))
    link = tmp_path / "data.csv.GZ"
    link.symlink_to(blob)
    assert table_from_file(str(link), GENEROUS).columns == {"text": ("x",)}


@pytest.mark.parametrize("name", ["data.xlsx", "data", "data.gz", "data.csv.zip", "data.pkl"])
def test_unknown_ending(tmp_path: Path, name: str) -> None:
    """An unknown ending is refused with the endings that are known."""
    with pytest.raises(DataError, match=r"no known format[\s\S]*\.parquet[\s\S]*hub:OWNER/NAME"):
        table_from_file(_file(tmp_path, name, "text\nx\n"), GENEROUS)


@pytest.mark.parametrize("content", ["", "\n \n", "\ufeff"])
def test_empty_file(tmp_path: Path, content: str) -> None:
    """A file with nothing in it is refused, whatever its blank lines or byte order mark."""
    for ending in ("csv", "tsv", "jsonl"):
        with pytest.raises(DataError, match=r"is empty|holds no rows"):
            table_from_file(_file(tmp_path, f"d.{ending}", content), GENEROUS)


def test_header_alone(tmp_path: Path) -> None:
    """A header without rows is refused as such."""
    for ending in ("csv", "tsv"):
        with pytest.raises(DataError, match="holds no rows"):
            table_from_file(_file(tmp_path, f"d.{ending}", "text,label\n"), GENEROUS)
    pq.write_table(pa.table({"text": pa.array([], pa.string())}), tmp_path / "d.parquet")
    with pytest.raises(DataError, match="holds no rows"):
        table_from_file(str(tmp_path / "d.parquet"), GENEROUS)


def test_byte_order_mark(tmp_path: Path) -> None:
    """A byte order mark is no part of the first column's name."""
    name = _file(tmp_path, "d.csv", b"\xef\xbb\xbftext\nx\n")
    assert table_from_file(name, GENEROUS).columns == {"text": ("x",)}


def test_not_utf8(tmp_path: Path) -> None:
    """Another encoding is refused with the byte and its line."""
    with pytest.raises(DataError, match=r"not UTF-8: byte 0xe9 in line 3"):
        table_from_file(_file(tmp_path, "d.csv", b"text\nx\ncaf\xe9\n"), GENEROUS)


def test_csv_cells_over_several_lines(tmp_path: Path) -> None:
    """Line breaks in quotes stay as they are, and rows are counted by records, not lines."""
    name = _file(tmp_path, "d.csv", 'text,label\n"one\r\ntwo",a\nonly one cell\n"x",b\n')
    assert _problems(name) == [(2, "", "1 cells where the header has 2 (line 4)")]
    name = _file(tmp_path, "e.csv", 'text,label\n"one\r\ntwo",a\n')
    assert table_from_file(name, GENEROUS).columns["text"] == ("one\r\ntwo",)


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    """Blank lines before, between and after the rows neither count nor break anything."""
    for ending, mark in (("csv", ","), ("tsv", "\t")):
        content = f"\n\na{mark}b\n\n1{mark}2\n\n3\n"
        assert _problems(_file(tmp_path, f"d.{ending}", content)) == [
            (2, "", "1 cells where the header has 2 (line 7)")
        ]
        content = f"\na{mark}b\r\n\n1{mark}2\r\n\n\n"
        table = table_from_file(_file(tmp_path, f"e.{ending}", content), GENEROUS)
        assert table.columns == {"a": ("1",), "b": ("2",)}


def test_all_broken_rows_are_listed(tmp_path: Path) -> None:
    """Every broken row is listed, and reading goes on behind it."""
    name = _file(tmp_path, "d.csv", 'a,b\n1,2,3\n"x"y,2\n1,2\n1\n')
    assert [row for row, _, _ in _problems(name)] == [1, 2, 4]
    assert "not doubled" in _problems(name)[1][2]


def test_open_quote(tmp_path: Path) -> None:
    """A quote without an end is named as the reason, with the row where it begins."""
    assert _problems(_file(tmp_path, "d.csv", 'a,b\n1,2\n"x,2\n1,2\n')) == [
        (2, "", "a quote is opened and never closed (up to line 4)")
    ]


def test_broken_header(tmp_path: Path) -> None:
    """A header that is no CSV is refused as the header."""
    with pytest.raises(DataError, match="header of"):
        table_from_file(_file(tmp_path, "d.csv", '"a"b,c\n1,2\n'), GENEROUS)


def test_carriage_return_within_a_cell(tmp_path: Path) -> None:
    """A carriage return alone ends a row where it is not quoted, and is a character where it is."""
    (tmp_path / "d.csv").write_bytes(b'a,b\n"x\ry",1\n')
    assert table_from_file(str(tmp_path / "d.csv"), GENEROUS).columns["a"] == ("x\ry",)
    assert _problems(_file(tmp_path, "e.csv", "a,b\nx\ry,1\n")) == [
        (1, "", "1 cells where the header has 2 (line 2)")
    ]


@pytest.mark.parametrize("ending", ["csv", "tsv"])
def test_repeated_columns(tmp_path: Path, ending: str) -> None:
    """Columns of the same name are refused, all of them named."""
    mark = "," if ending == "csv" else "\t"
    with pytest.raises(DataError, match="same name: 'a', 'b'"):
        table_from_file(_file(tmp_path, f"d.{ending}", mark.join("aabb") + "\n1\n"), GENEROUS)


def test_repeated_parquet_columns(tmp_path: Path) -> None:
    """Parquet files may hold a name twice; that is refused likewise."""
    table = pa.Table.from_arrays([pa.array(["x"]), pa.array(["y"])], names=["a", "a"])
    pq.write_table(table, tmp_path / "d.parquet")
    with pytest.raises(DataError, match="same name: 'a'"):
        table_from_file(str(tmp_path / "d.parquet"), GENEROUS)


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet"])
def test_far_too_long_cells(tmp_path: Path, ending: str) -> None:
    """A text of 20 MB is a problem of its row and column in every format."""
    path = write_columns(tmp_path / f"d.{ending}", {"text": ["short", "x" * 20_000_000], "label": ["a", "b"]})
    problems = cell_problems(table_from_file(str(path), GENEROUS))
    assert problems == [RowProblem(2, "text", "20,000,000 characters; at most 100,000 are allowed")]


def test_the_csv_limit_is_put_back(tmp_path: Path) -> None:
    """Reading long cells leaves the csv module as it was, also after an error."""
    before = csv.field_size_limit()
    write_columns(tmp_path / "d.csv", {"text": ["x" * 200_000]})
    table_from_file(str(tmp_path / "d.csv"), GENEROUS)
    with pytest.raises(RowErrors):
        table_from_file(_file(tmp_path, "e.csv", "a,b\n1\n"), GENEROUS)
    assert csv.field_size_limit() == before


def test_longest_cell_is_allowed() -> None:
    """A cell of exactly the longest length is no problem, one character more is."""
    table = Table("t", {"text": ("x" * MAX_CHARACTERS, "x" * (MAX_CHARACTERS + 1), None)})
    assert [p.row for p in cell_problems(table)] == [2]


def test_half_characters(tmp_path: Path) -> None:
    """Half of a surrogate pair, which JSON can smuggle in, is a problem of its row."""
    name = _file(tmp_path, "d.jsonl", '{"text": "\\ud83d"}\n{"text": "\\ud83d\\ude00"}\n')
    assert [(p.row, p.column) for p in cell_problems(table_from_file(name, GENEROUS))] == [(1, "text")]


def test_tsv_quotes_are_characters(tmp_path: Path) -> None:
    """Quotes in tab-separated files are kept as characters."""
    name = _file(tmp_path, "d.tsv", 'text\tlabel\n"He said\ta\r\n')
    assert table_from_file(name, GENEROUS).columns == {"text": ('"He said',), "label": ("a",)}


def test_jsonl_values_as_cells(tmp_path: Path) -> None:
    """Numbers, truth values and missing keys become cells; nested values are marked as no text."""
    rows = [
        {"a": "x", "b": 1, "c": True, "d": None, "e": 0.5},
        {"a": "y", "b": "1", "c": False, "f": [1, "ö"], "e": {"k": 1}},
    ]
    name = _file(tmp_path, "d.jsonl", "\n".join(json.dumps(row) for row in rows))
    table = table_from_file(name, GENEROUS)
    assert table.columns == {
        "a": ("x", "y"),
        "b": ("1", "1"),
        "c": ("true", "false"),
        "d": (None, None),
        "e": ("0.5", '{"k": 1}'),
        "f": (None, '[1, "ö"]'),
    }
    assert table.nested == {"e": (2,), "f": (2,)}


def test_broken_jsonl(tmp_path: Path) -> None:
    """Every line that is no object is listed, deep nesting included."""
    deep = '{"a": ' + "[" * 100_000
    name = _file(tmp_path, "d.jsonl", f'{{"a": 1}}\n\n{{"a": \n[1]\n"x"\n{deep}\n')
    problems = _problems(name)
    assert [(row, column) for row, column, _ in problems] == [(2, ""), (3, ""), (4, ""), (5, "")]
    assert "not valid JSON" in problems[0][2]
    assert "(line 3)" in problems[0][2]
    assert "not an object" in problems[1][2]
    assert "nested too deeply" in problems[3][2]


def test_parquet_values_as_cells(tmp_path: Path) -> None:
    """Dates, decimals, dictionaries and bytes become text; nested values and raw bytes are marked."""
    table = pa.table(
        {
            "day": pa.array([dt.date(2026, 1, 2), None]),
            "number": pa.array([1, 2], pa.int8()),
            "kind": pa.array(["a", "b"]).dictionary_encode(),
            "old_text": pa.array([b"caf\xc3\xa9", b""], pa.binary()),
            "raw": pa.array([b"\xff\xfe", b"ok"], pa.binary()),
            "struct": pa.array([{"b": b"x"}, None]),
        }
    )
    pq.write_table(table, tmp_path / "d.parquet")
    read = table_from_file(str(tmp_path / "d.parquet"), GENEROUS)
    assert read.columns == {
        "day": ("2026-01-02", None),
        "number": ("1", "2"),
        "kind": ("a", "b"),
        "old_text": ("café", ""),
        "raw": ("2 bytes", "ok"),
        "struct": ("""{"b": "b'x'"}""", None),
    }
    assert read.nested == {"raw": (1,), "struct": (1,)}


def test_unreadable_parquet_column(tmp_path: Path) -> None:
    """A column whose values Python cannot hold is named with its type."""
    far = pa.table({"when": pa.array([2**62], pa.timestamp("us"))})
    pq.write_table(far, tmp_path / "d.parquet")
    with pytest.raises(DataError, match=r"column .when. of type timestamp"):
        table_from_file(str(tmp_path / "d.parquet"), GENEROUS)


@pytest.mark.parametrize("content", [b"PAR1", b"text\nx\n", b"PAR1" + b"\0" * 100 + b"PAR1"])
def test_no_parquet(tmp_path: Path, content: bytes) -> None:
    """A file that only ends in .parquet is refused."""
    with pytest.raises(DataError, match="not a Parquet file"):
        table_from_file(_file(tmp_path, "d.parquet", content), GENEROUS)


def test_cut_gzip(tmp_path: Path) -> None:
    """A gzip file that is cut short, damaged or none at all is refused as not unpackable."""
    whole = gzip.compress(b"text\n" + bytes(range(65, 91)) * 100)
    damaged = whole[:20] + b"\xff" * 10 + whole[30:]
    for content in (whole[:-9], damaged, b"text\nx\n"):
        with pytest.raises(DataError, match="cannot be unpacked"):
            table_from_file(_file(tmp_path, "d.csv.gz", content), GENEROUS)


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet"])
def test_too_many_rows(tmp_path: Path, ending: str) -> None:
    """More rows than allowed are refused, as many as allowed are not."""
    path = write_columns(tmp_path / f"d.{ending}", {"text": ["x", "y", "z"]})
    assert len(table_from_file(str(path), Limits(max_bytes=10_000, max_rows=3))) == 3
    with pytest.raises(DataError, match=r"more than 2 rows[\s\S]*TRUST_MAX_ROWS"):
        table_from_file(str(path), Limits(max_bytes=10_000, max_rows=2))


def test_taken_rows_keep_their_marks() -> None:
    """Taking rows of a table keeps which of them are nested, under their new numbers."""
    table = Table("t", {"a": ("1", "[]", "3", "{}")}, {"a": (2, 4)})
    taken = table.take([3, 0])
    assert taken.columns == {"a": ("{}", "1")}
    assert taken.nested == {"a": (1,)}
