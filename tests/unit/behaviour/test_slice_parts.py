"""What texts are cut by."""

import numpy as np
import pytest

from trust_core.behaviour.slice_parts import ChosenParts, chosen_parts, cut_texts, parts_of, possible_cuts
from trust_core.domain.slicing import part_title, slice_problems, slice_title
from trust_core.errors import SpecError

PAIRS = [
    ("A man isn't asleep.", "A man is asleep."),
    ("Two dogs run.", "Three cats never sleep at night."),
    ("The 24 boys sing.", "Someone sings."),
    ("A woman reads a long book in the quiet park today.", "A woman reads."),
] * 10
GOLD = ["no", "yes", "yes", "no"] * 10
N = len(PAIRS)


def _cut(columns=None, pairs=PAIRS, gold=GOLD):
    return cut_texts(pairs, gold=gold, answers=["yes"] * (N // 2) + ["no"] * (N // 2), columns=columns or {})


def _rows(by, columns=None, **more):
    return {part.name: np.flatnonzero(part.rows).tolist() for part in parts_of(by, _cut(columns, **more))}


def test_negation_is_found_in_either_text():
    """Words such as never, and all that end in n't, negate."""
    assert _rows("negation")["with negation"] == [at for at in range(N) if at % 4 in (0, 1)]


def test_numbers_are_digits_and_words():
    """A digit or a number word makes a text one with numbers; a second part holds the others."""
    found = _rows("numbers")
    assert found["with numbers"] == [at for at in range(N) if at % 4 in (1, 2)]
    assert len(found["without"]) == N // 2


def test_overlap_is_the_share_of_the_second_texts_words():
    """A hypothesis whose words all stand in the premise has full overlap."""
    for name, rows in _rows("overlap").items():
        if 3 in rows:
            assert name.endswith("100 % shared")
            assert 1 not in rows


@pytest.mark.parametrize("by", ["label", "answer", "length", "overlap", "negation", "numbers"])
def test_every_text_is_in_one_part(by):
    """The parts of a cut hold each text once."""
    parts = parts_of(by, _cut())
    assert len(parts) > 1
    assert (np.sum([part.rows for part in parts], axis=0) == 1).all()


def test_a_search_finds_words_in_any_case():
    """A text search looks into both texts and takes capital letters for small ones."""
    assert _rows("text:ASLEEP") == {
        "found": [at for at in range(N) if at % 4 == 0],
        "not found": [at for at in range(N) if at % 4],
    }
    assert _rows("text:nowhere") == {}


@pytest.mark.parametrize(
    "by, texts",
    [
        ("text:CAF\u00c9", ["Un cafe\u0301.", "Un bar."]),
        ("text:strasse", ["Die Stra\u00dfe.", "Der Weg."]),
        ("text:red ball", ["A red\n  ball", "A redball"]),
        ("text:red \t ball", ["A red ball", "A ball"]),
        ("text:(.*", ["Look (.* here", "Look here"]),
    ],
)
def test_a_search_takes_letters_for_what_they_look_like(by, texts):
    """How an accent or a space is written does not matter, and no sign has a meaning of its own."""
    found = _rows(by, pairs=[(texts[at % 2], None) for at in range(N)])
    assert found["found"] == list(range(0, N, 2))


def test_a_search_does_not_reach_from_one_text_into_the_other():
    """The end of a premise and the start of its hypothesis are no words in a row."""
    assert _rows("text:asleep. a", pairs=PAIRS) == {}


def test_lengths_of_two_kinds_make_two_parts():
    """Where half of the texts have one word more, both halves are parts."""
    pairs = [("a b c" if at % 2 else "a b c d", None) for at in range(N)]
    assert {name: len(rows) for name, rows in _rows("length", pairs=pairs).items()} == {
        "3 words": N // 2,
        "other": N // 2,
    }
    many = [" ".join("a" * (1 + at % 4)) for at in range(N)]
    assert set(_rows("length", pairs=[(text, None) for text in many])) == {
        "1 word",
        "2 words",
        "3 to 4 words",
    }


def test_a_column_of_many_numbers_is_cut_into_four():
    """Numbers make parts of about equal size, in their order; few values make one part each."""
    numbers = [f"{value:.2f}" for value in np.random.default_rng(0).random(N)]
    parts = parts_of("column:score", _cut({"score": numbers}))
    assert [part.n for part in parts] == [10, 10, 10, 10]
    highest = [max(float(numbers[row]) for row in np.flatnonzero(part.rows)) for part in parts]
    assert highest == sorted(highest)
    stars = [str(at % 5) for at in range(N)]
    assert set(_rows("column:stars", {"stars": stars})) == {"0", "1", "2", "3", "4"}


def test_texts_without_a_number_are_a_part_of_their_own():
    """Empty cells, and what stands for none, do not keep a column of numbers from being cut."""
    cells = ["", "nan", "N/A", " "] + [str(at) for at in range(N - 4)]
    found = _rows("column:age", {"age": cells})
    assert {name: len(rows) for name, rows in found.items()} == {
        "0 to below 8.75": 9,
        "8.75 to below 17.5": 9,
        "17.5 to below 26.2": 9,
        "26.2 to 35": 9,
        "(no number)": 4,
    }
    same = ["", "1", "1.0", "1.00", "01", "01.0", "1e0", "+1", "10e-1", "100e-2"] * 4
    assert set(_rows("column:age", {"age": same})) == {"with a number", "(no number)"}


@pytest.mark.parametrize(
    "numbers, first",
    [
        ([1_700_000_000 + at for at in range(N)], "1700000000 to below 1700000010"),
        ([1990 + at % 20 for at in range(N)], "1990 to below 1995"),
        ([1 + at * 1e-9 for at in range(N)], "1 to below 1.00000001"),
        ([at * 1e300 for at in range(N)], "0 to below 9.75e+300"),
    ],
)
def test_names_of_numbers_tell_the_parts_apart(numbers, first):
    """Large numbers and close ones are written with as many digits as their parts need."""
    names = [part.name for part in parts_of("column:at", _cut({"at": [str(number) for number in numbers]}))]
    assert names[0] == first
    assert len(set(names)) == 4


def test_values_that_look_the_same_are_one_part():
    """Blanks around a value, and two ways to write an accent, make no parts of their own."""
    cells = ["caf\u00e9", "cafe\u0301", " caf\u00e9 ", "bar"] * (N // 4)
    assert {name: len(rows) for name, rows in _rows("column:place", {"place": cells}).items()} == {
        "caf\u00e9": 3 * N // 4,
        "bar": N // 4,
    }


def test_numbers_that_are_mostly_one_value_make_two_parts():
    """Where quartiles fall together, the value that most texts have is one part."""
    skewed = ["0"] * 31 + [str(at) for at in range(1, 10)]
    assert {name: len(rows) for name, rows in _rows("column:c", {"c": skewed}).items()} == {
        "0": 31,
        "other": 9,
    }


def test_what_says_something_else_of_each_text_makes_no_parts():
    """Ids and free texts are no cut, and empty cells are named."""
    assert set(_rows("column:genre", {"genre": ["", "fiction"] * (N // 2)})) == {"(empty)", "fiction"}
    many = {"uid": [f"u{at}" for at in range(60)]}
    texts = cut_texts(None, gold=None, answers=["a"] * 60, columns=many)
    assert parts_of("column:uid", texts) == ()


def test_auto_takes_all_that_is_possible_but_the_answers():
    """`auto` stands for every cut of the data; the reference's answers are cut by only where asked for."""
    texts = _cut({"genre": ["x", "y"] * (N // 2)})
    cuts = ("label", "length", "overlap", "negation", "numbers", "column:genre")
    assert possible_cuts(texts) == cuts
    chosen = chosen_parts(("auto", "label", "answer"), texts)
    assert {part.by for part in chosen.parts} == {*cuts, "answer"}
    assert len({(part.by, part.name) for part in chosen.parts}) == len(chosen.parts)
    assert chosen_parts(("none",), texts) == ChosenParts(())


def test_what_makes_no_parts_is_told():
    """A cut that was asked for by name and cuts nothing is not passed over in silence."""
    texts = _cut({"uid": [f"u{at}" for at in range(N)], "one": ["x"] * N}, gold=["yes"] * N)
    many = cut_texts(None, gold=None, answers=["a"] * 60, columns={"uid": [f"u{at}" for at in range(60)]})
    assert chosen_parts(("auto", "text:nowhere", "label"), texts).without == ("text:nowhere", "label")
    assert chosen_parts(("column:uid", "length"), many).without == ("column:uid", "length")
    assert chosen_parts(("auto",), many).without == ()


def test_auto_comes_to_an_end():
    """Of very many columns the first fifty that allow it are cut by; others can be named."""
    columns = {"same": ["x"] * N} | {f"c{at}": ["x", "y"] * (N // 2) for at in range(53)}
    chosen = chosen_parts(("auto",), _cut(columns))
    cuts = {part.by for part in chosen.parts}
    assert "column:c49" in cuts
    assert "column:c50" not in cuts
    assert chosen.untried == 3
    assert chosen_parts(("column:c52",), _cut(columns)).parts
    fifty = dict(list(columns.items())[:51])
    assert chosen_parts(("auto",), _cut(fifty)).untried == 0


def test_texts_that_were_left_out_cut_by_nothing():
    """Saved predictions without texts have parts by label and column alone."""
    for pairs in (None, [("", None)] * N):
        assert possible_cuts(_cut({"half": ["a", "b"] * (N // 2)}, pairs=pairs)) == ("label", "column:half")
    assert _rows("label", gold=None) == {}


def test_single_texts_have_no_overlap():
    """Without a second text there is nothing to overlap."""
    assert _rows("overlap", pairs=[(first, None) for first, _ in PAIRS]) == {}


def test_a_column_that_is_not_there_is_refused():
    """The nearest column is named, or that there is none."""
    with pytest.raises(SpecError, match="no column 'gender'") as refused:
        parts_of("column:gender", _cut({"genre": ["x", "y"] * (N // 2)}))
    assert "genre" in str(refused.value)
    with pytest.raises(SpecError, match="no further columns"):
        parts_of("column:genre", _cut())


@pytest.mark.parametrize(
    "names, said",
    [
        (["lenght"], "Did you mean 'length'"),
        (["text: "], "names nothing"),
        (["none", "label"], "stands alone"),
        ([], "slices is empty"),
        ([f"text:{at}" for at in range(201)], "at most 200"),
    ],
)
def test_names_of_cuts_are_checked(names, said):
    """A name that is no cut is refused with what is allowed."""
    assert said in "; ".join(slice_problems(names))
    assert slice_problems(["auto", "column:a", "text:b c"]) == []


def test_titles_say_what_the_parts_are():
    """Parts are called by what they were cut by and their value."""
    assert part_title("label", "neutral") == "Label: neutral"
    assert part_title("word", "not") == 'Texts with the word "not"'
    assert part_title("both", "Label: a, and Length: b") == "Label: a, and Length: b"
    assert slice_title("column:genre") == "genre"
    assert slice_title("text:a dog") == "Text search: a dog"
    long = part_title("column:prompt", "x" * 10_000)
    assert len(long) < 100
    assert long.endswith("x…")
