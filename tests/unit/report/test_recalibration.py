"""Whether recalibration closes the gap, in words."""

import pytest

from trust_core.domain.report import MeasureRow
from trust_core.report.recalibration import GAPS, recalibration_sentences

MARGINS = {"brier": 0.01, "signed_gap": 0.01, "curve_distance": 0.02}

INSIDE, BEYOND, OPEN = (-0.002, 0.004), (0.03, 0.05), (0.002, 0.02)


def rows(before, after, **changes):
    """Rows of the three gaps before and after; limits by key in `changes`."""
    found = []
    for key, scaled in GAPS.items():
        of = "pair" if key == "curve_distance" else "difference"
        for name, limits in ((key, before), (scaled, after)):
            low, high = changes.get(name, limits)
            if of == "pair":
                low = max(0.0, low)
            found.append(
                MeasureRow(key=name, of=of, value=(low + high) / 2, low=low, high=high, level=0.95, n=1200)
            )
    return found


@pytest.mark.parametrize(
    "before, after, said",
    [
        (INSIDE, INSIDE, "There is none"),
        (OPEN, INSIDE, "No gap is shown beyond its margin"),
        (BEYOND, INSIDE, "Yes: Brier score, over-confidence and distance of reliability curves"),
        (BEYOND, BEYOND, "No; still beyond it"),
        (BEYOND, (0.002, 0.03), "Perhaps; not settled by these texts"),
    ],
)
def test_the_answer_follows_the_intervals(before, after, said):
    """Yes, no, in part or perhaps: by where the intervals lie before and after."""
    answer, *sentences = recalibration_sentences(rows(before, after), MARGINS)
    assert answer.startswith("Can recalibration close the gap?")
    assert said in answer
    assert len(sentences) == 3


def test_some_gaps_close_and_others_stay():
    """Each measure is named where it belongs."""
    answer = recalibration_sentences(rows(BEYOND, INSIDE, brier_scaled=BEYOND), MARGINS)[0]
    assert "In part" in answer
    assert "within the margin then: over-confidence" in answer
    assert "still beyond it: Brier score" in answer


def test_every_sentence_has_both_figures_with_interval_and_n():
    """Before and after, their intervals, and how many texts they rest on."""
    sentence = recalibration_sentences(rows(BEYOND, INSIDE, brier=(-0.05, -0.03)), MARGINS)[1]
    assert sentence.startswith("Brier score: \u22120.040 (\u22120.050 to \u22120.030) as answered")
    assert "after temperature scaling (95 % intervals, n = 1,200)" in sentence
    assert "beyond the margin ±0.01 before, within it after" in sentence


def test_missing_figures_say_nothing():
    """A report of an older version, or one without labels, has no sentence."""
    found = rows(BEYOND, INSIDE)
    assert recalibration_sentences(found[:-1], MARGINS) == ()
    assert recalibration_sentences(found, {}) == ()
    blocked = MeasureRow(key="brier", of="difference", not_measured="no labels", needs="labels")
    assert recalibration_sentences([blocked, *found[1:]], MARGINS) == ()
