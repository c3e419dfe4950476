import pytest

from trust_core.report.wording import bound, count, in_sentence, interval, listed, spoken


@pytest.mark.parametrize(
    "value, unit, said",
    [
        (0.021, "percent", "2.1"),
        (0.008, "points", "+0.8"),
        (-0.008, "points", "\u22120.8"),
        (0.0001, "points", "0.0"),
        (-0.0001, "points", "0.0"),
        (0.82, "plain", "0.82"),
        (-0.04, "plain", "\u22120.040"),
        (0.0041, "signed", "+0.004"),
    ],
)
def test_spoken(value, unit, said):
    """Shares are percent, differences carry a sign, and a rounded zero carries none."""
    assert spoken(value, unit) == said


def test_interval_shares_one_unit():
    """The unit is said once, and both limits have the same digits."""
    assert interval(0.012, 0.034, "percent") == "1.2 to 3.4 %"
    assert interval(-0.004, 0.25, "signed") == "\u22120.004 to +0.250"


def test_titles_inside_a_sentence_keep_names_and_abbreviations():
    """Only an ordinary word loses its capital."""
    titles = (
        "Alignment of reasons",
        "Brier score",
        "ECE of a calibrated model",
        "McNemar's test",
        "Jaccard@K",
    )
    assert [in_sentence(title) for title in titles] == ["alignment of reasons", *titles[1:]]


def test_bound_says_no_idle_digits():
    """Margins read as they were given."""
    assert [bound(0.01, "points"), bound(0.02, "percent"), bound(0.01, "signed"), bound(0.75, "plain")] == [
        "1 point",
        "2 %",
        "0.01",
        "0.75",
    ]


@pytest.mark.parametrize(
    "texts, said", [(37, "37"), (1388, "1,400"), (1400, "1,400"), (1401, "1,500"), (999_001, "1,000,000")]
)
def test_count_rounds_up_to_two_digits(texts, said):
    """Numbers of texts are rounded up, since fewer would not do."""
    assert count(texts) == said


def test_listed():
    """Words are joined as in a sentence."""
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
