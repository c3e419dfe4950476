"""Charts of the pages Verdict and Answers."""

import numpy as np
import pytest

from trust_core.charts.answer_matrix import (
    answer_matrix,
    answer_matrix_alt,
    answer_matrix_of,
    answer_matrix_table,
)
from trust_core.charts.divergence_tail import (
    DivergenceTail,
    divergence_tail,
    divergence_tail_alt,
    divergence_tail_table,
    tail_points,
)
from trust_core.charts.theme import DARK, LIGHT
from trust_core.charts.tradeoff import (
    FRONT,
    TradeoffAxes,
    TradeoffPoint,
    pareto_front,
    sides_of_names,
    tradeoff,
    tradeoff_alt,
    tradeoff_table,
)

HOSTILE = "<script>alert(1)</script>$x$"
CLASSES = ("yes", "no", HOSTILE)
REFERENCE = np.array([0, 0, 1, 2, 2, 2])
CANDIDATE = np.array([0, 1, 1, 2, 0, 0])


def test_answer_matrix_counts_every_pair_of_answers() -> None:
    """Rows are the reference's answers, columns the candidate's, and nothing is lost."""
    matrix = answer_matrix_of(REFERENCE, CANDIDATE, CLASSES)
    assert matrix.counts.tolist() == [[1, 1, 0], [0, 1, 0], [2, 0, 1]]


def test_answer_matrix_point_leads_back_to_its_cell() -> None:
    """The index of a clicked square names the pair of answers whose count it shows."""
    matrix = answer_matrix_of(REFERENCE, CANDIDATE, CLASSES)
    trace = answer_matrix(matrix, theme=LIGHT).data[0]
    for point, text in enumerate(trace.text):
        before, after = matrix.cell(point)
        assert text == str(matrix.counts[CLASSES.index(before), CLASSES.index(after)])


def test_answer_matrix_shows_class_names_literally() -> None:
    """A class called like a tag or a formula is neither on the axes nor in the hover labels."""
    drawn = answer_matrix(answer_matrix_of(REFERENCE, CANDIDATE, CLASSES), theme=DARK).to_json()
    assert "<script" not in drawn
    assert "$x$" not in drawn


def test_answer_matrix_says_the_most_frequent_change() -> None:
    """The sentence names how many texts changed and the commonest change."""
    said = answer_matrix_alt(answer_matrix_of(REFERENCE, CANDIDATE, CLASSES))
    assert said.startswith("3 of 6 texts")
    assert f"from {HOSTILE} to yes, 2 texts" in said


def test_answer_matrix_of_equal_models_says_so() -> None:
    """Where nothing changed, the sentence does not invent a change."""
    said = answer_matrix_alt(answer_matrix_of(REFERENCE, REFERENCE, CLASSES))
    assert said == "Both models give the same answer to all 6 texts."


def test_answer_matrix_of_nothing_says_so() -> None:
    """Without texts there is still a chart, a sentence and a table."""
    empty = answer_matrix_of(REFERENCE[:0], CANDIDATE[:0], CLASSES)
    assert answer_matrix_alt(empty) == "No text was answered."
    assert len(answer_matrix(empty, theme=LIGHT).data[0].text) == 9
    assert answer_matrix_table(empty).rows[0] == ("yes", "0", "0", "0")


def test_answer_matrix_refuses_counts_of_another_shape() -> None:
    """A matrix has one row and one column a class."""
    with pytest.raises(ValueError, match="one row and one column"):
        type(answer_matrix_of(REFERENCE, CANDIDATE, CLASSES))(("yes", "no"), np.zeros((3, 3), dtype=np.int64))


def test_tail_gives_the_share_at_or_beyond_each_distance() -> None:
    """Every point of the curve equals the plain count of texts at least so far apart."""
    distances = np.random.default_rng(5).random(3000) ** 3
    distance, share = tail_points(DivergenceTail(distances))
    assert len(distance) <= 402
    for x, y in zip(distance, share, strict=True):
        assert y == pytest.approx((distances >= x).mean(), abs=1e-12)


def test_tail_reaches_from_all_texts_to_the_farthest() -> None:
    """The first point holds every text, the last the one that is farthest apart."""
    distance, share = tail_points(DivergenceTail(np.array([0.5, 0.1, 0.9, 0.2])))
    assert (distance[0], share[0]) == (0.1, 1.0)
    assert (distance[-1], share[-1]) == (0.9, 0.25)


def test_tail_quantiles_are_distances_that_occur() -> None:
    """The table gives observed distances, and the last row the largest."""
    tail = DivergenceTail(np.linspace(0, 1, 101))
    assert tail.quantile(0.5) == 0.5
    assert divergence_tail_table(tail).rows[-1] == ("100%", "1.0000")
    assert "one in a hundred has 0.990 or more" in divergence_tail_alt(tail)


def test_tail_of_nothing_is_an_empty_chart() -> None:
    """Without texts the chart is empty, and its sentence and table say so."""
    empty = DivergenceTail(np.array([]))
    assert len(divergence_tail(empty, theme=LIGHT).data) == 0
    assert divergence_tail_alt(empty) == "No text was predicted by both models."
    assert divergence_tail_table(empty).rows == ()


AXES = TradeoffAxes("Size", "MB", "Alignment of reasons", margin=0.75)
POINTS = (
    TradeoffPoint("reference", "information", 40.0, 1.0, None, None, "1 (exact)", "40 MB (exact)"),
    TradeoffPoint(HOSTILE, "different", 20.0, 0.6, 0.5, 0.7, "0.60 (0.50 to 0.70)", "20 MB (exact)"),
    TradeoffPoint("int8", "equivalent", 12.0, 0.97, 0.95, 0.99, "0.97 (0.95 to 0.99)", "12 MB (exact)"),
)


def test_tradeoff_draws_every_model_with_its_interval() -> None:
    """Each point's bar ends at the limits of its interval; an exact figure has no bar."""
    traces = {trace.name: trace for trace in tradeoff(POINTS, AXES, theme=LIGHT).data}
    different = traces["different"]
    assert different.y[0] + different.error_y.array[0] == pytest.approx(0.7)
    assert different.y[0] - different.error_y.arrayminus[0] == pytest.approx(0.5)
    assert traces["reference"].error_y.array[0] == 0


def test_tradeoff_tells_outcomes_apart_without_colour() -> None:
    """Every outcome has a marker of its own."""
    figure = tradeoff(POINTS, AXES, theme=DARK)
    marked = [trace for trace in figure.data if trace.mode != "lines"]
    assert len({trace.marker.symbol for trace in marked}) == 3
    assert "<script" not in figure.to_json()


def test_names_of_models_that_lie_close_stand_apart() -> None:
    """Four models at one size and nearly one value have four sides; one alone has the side with more room."""
    crowd = tuple(
        TradeoffPoint(f"variant-{at}", "different", 60.0, 2.0 + at / 10, None, None, "", "")
        for at in range(4)
    )
    alone = TradeoffPoint("small", "different", 10.0, 40.0, None, None, "", "")
    sides = sides_of_names((*crowd, alone))
    assert len(set(sides[:4])) == 4
    assert sides[4] == "top right"
    shown = [trace for trace in tradeoff((*crowd, alone), AXES, theme=LIGHT).data if trace.mode != "lines"]
    assert tuple(shown[0].textposition) == sides


def test_the_front_holds_whoever_nobody_beats_at_both() -> None:
    """A model that costs more and is farther from the reference than another one is not on the line."""
    front = pareto_front(POINTS, AXES)
    assert [point.name for point in front] == ["int8", "reference"]
    line = next(trace for trace in tradeoff(POINTS, AXES, theme=LIGHT).data if trace.name == FRONT)
    assert list(zip(line.x, line.y, strict=True)) == [(12.0, 0.97), (40.0, 1.0)]
    assert [row[-1] for row in tradeoff_table(POINTS, AXES).rows] == ["yes", "no", "yes"]


def test_the_front_follows_the_slow_definition() -> None:
    """A model is on the front exactly where no other is at most as far and cheaper, or cheaper and as far."""
    rng = np.random.default_rng(4)
    points = tuple(
        TradeoffPoint(f"m{i}", "different", float(cost), float(value), None, None, "", "")
        for i, (cost, value) in enumerate(rng.integers(1, 12, (40, 2)))
    )
    axes = TradeoffAxes("Size", "MB", "Trust", best=6.0)
    slow = {
        (one.cost, abs(one.value - 6))
        for one in points
        if not any(
            other.cost <= one.cost
            and abs(other.value - 6) <= abs(one.value - 6)
            and (other.cost, abs(other.value - 6)) != (one.cost, abs(one.value - 6))
            for other in points
        )
    }
    assert {(one.cost, abs(one.value - 6)) for one in pareto_front(points, axes)} == slow


def test_tradeoff_table_and_sentence_name_every_model() -> None:
    """Who cannot see the chart reads the same figures."""
    assert [row[0] for row in tradeoff_table(POINTS, AXES).rows] == ["reference", HOSTILE, "int8"]
    assert "int8 12 MB, 0.97 (0.95 to 0.99)" in tradeoff_alt(POINTS, AXES)
    assert tradeoff_alt((), AXES) == "No model has both figures."
