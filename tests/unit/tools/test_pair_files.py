"""Reading, cleaning and splitting text pairs."""

from pathlib import Path

import pytest

from tools.pair_files import Pair, groups, hold_out, read_pairs, redraw_full_stops

LABELS = ("no", "yes")


def test_reads_names_and_numbers_and_leaves_out_rows_without_gold(tmp_path: Path) -> None:
    """A label may be a class name or a class number; a dash or nothing is no label."""
    path = tmp_path / "pairs.csv"
    path.write_text('text_a,text_b,label\n"a, b",c,yes\nd,e,0\nf,g,-\n', "utf-8")
    assert read_pairs(path, LABELS) == [Pair("a, b", "c", 1), Pair("d", "e", 0)]


def test_unknown_label_is_refused_with_its_row(tmp_path: Path) -> None:
    """The message names the file, the row and the labels that are allowed."""
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"text_a": "a", "text_b": "b", "label": "maybe"}\n', "utf-8")
    with pytest.raises(ValueError, match=r"row 2: label 'maybe' is not one of no, yes"):
        read_pairs(path, LABELS)


def test_full_stops_are_drawn_alike_whatever_the_source_had() -> None:
    """About half of the texts end in a full stop afterwards, whether they came with or without."""
    with_stop = redraw_full_stops([Pair("It rains.", "It is wet.", 1)] * 400, seed=1)
    without = redraw_full_stops([Pair("It rains", "It is wet", 1)] * 400, seed=1)
    assert with_stop == without
    assert 150 < sum(pair.text_b.endswith(".") for pair in with_stop) < 250


def test_held_out_rows_share_no_bag_of_words_with_training() -> None:
    """Near duplicates, the same words in another order, stay on one side of the split."""
    pairs = [Pair(f"cat {n} sees dog", f"dog sees {n} cat", 1) for n in range(50)]
    pairs += [Pair(f"dog {n} sees cat", f"a bird {n}", 0) for n in range(50)]
    train, held = hold_out(pairs, 20, seed=3)
    assert len(held) == 20
    assert sorted(train + held) == list(range(100))
    assert not set(held) & set(train)
    assert all((n + 50 in held) == (n in held) for n in range(50))
    assert len(groups(pairs)) == 50
