import numpy as np
import pytest

from trust_core.perturb.words import segment
from trust_core.ui.inspector.heat import (
    BOTH,
    ONLY_CANDIDATE,
    ONLY_REFERENCE,
    Drawing,
    ModelWeights,
    Reasons,
    fit_text,
    heat_row,
    heatmap_data,
    shared_limits,
    weight_table,
)
from trust_core.ui.inspector.units import units_of

TEXT = segment("t", ("One two three four", "five six seven eight nine ten"))
UNITS = units_of(TEXT, "word", ("Premise", "Hypothesis"))
MODELS = ("reference", "student")


def weights(values, halves=None):
    """One model's weights."""
    return ModelWeights(np.array(values, dtype=float), halves, base=0.4, fidelity=0.8)


def lime(reference, candidate, spread=0.0):
    """Two models' weights with halves that lie this far from them."""
    sides = []
    for values in (reference, candidate):
        whole = np.array(values, dtype=float)
        sides.append(weights(whole, (whole + spread, whole - spread)))
    return Reasons("lime", sides[0], sides[1])


def row_of(reasons, units=UNITS, k_fixed=None):
    """The row of a heatmap with a fifth of the words in the top sets."""
    return heat_row(reasons, units, text_id="t", k_fraction=0.2, k_fixed=k_fixed)


OURS = [0.5, 0, 0, -0.4, 0.1, 0, 0, 0, 0, 0.01]
THEIRS = [0.6, 0, 0, 0.1, 0.4, 0, 0, 0, 0, 0.01]


def test_top_sets_of_both_models():
    """The K heaviest words are marked: of both models, of the reference alone, of the candidate alone."""
    row = row_of(lime(OURS, THEIRS))
    assert row.k == 2
    assert row.top.tolist() == [BOTH, 0, 0, ONLY_REFERENCE, ONLY_CANDIDATE, 0, 0, 0, 0, 0]


def test_ranks_leave_out_words_without_weight():
    """Ranks count from 1 by size of weight, whatever its sign; a word without weight has none."""
    row = row_of(lime(OURS, THEIRS))
    assert row.ranks[0].tolist() == [1, 0, 0, 2, 3, 0, 0, 0, 0, 4]
    assert row.ranks[1].tolist() == [1, 0, 0, 3, 2, 0, 0, 0, 0, 4]


def test_differences_are_candidate_minus_reference():
    """The third row of values is the candidate's weights minus the reference's."""
    row = row_of(lime(OURS, THEIRS))
    assert row.values[2] == pytest.approx(np.array(THEIRS) - np.array(OURS))


def test_differences_within_the_noise_are_marked():
    """With halves that differ, small differences count as noise and large ones do not."""
    ours = lime(OURS, THEIRS).reference
    noisy = Reasons(
        "lime",
        ours,
        weights(THEIRS, (np.array(THEIRS) + 0.1, np.array(THEIRS) - 0.1)),
    )
    row = row_of(noisy)
    assert row.noise == pytest.approx(2.2281389 * 0.1, rel=1e-5)
    assert row.within.tolist() == [True, True, True, False, False] + [True] * 5


def test_without_sampling_noise_only_rounding_is_within():
    """A noise-free explainer has no noise figure, and every difference beyond rounding counts."""
    row = row_of(Reasons("shap-partition", weights(OURS), weights(THEIRS)))
    assert row.noise is None
    assert row.halves == (None, None)
    assert row.within.tolist() == [abs(a - b) < 1e-6 for a, b in zip(OURS, THEIRS, strict=True)]


def test_equal_models_have_the_same_top_set_even_where_weights_are_tied():
    """Equal weights take equal ties, so that a model agrees with itself."""
    tied = [0.1] * 10
    row = row_of(lime(tied, tied))
    assert set(row.top.tolist()) == {0, BOTH}


def test_a_text_no_longer_than_k_has_no_top_set():
    """Where every word would be a top word, none is marked."""
    row = row_of(lime(OURS, THEIRS), k_fixed=10)
    assert row.k == 0
    assert not row.top.any()


def test_a_fixed_k_counts_words_not_sentences():
    """By sentence the share of K applies, as a fixed K is a number of words."""
    sentences = units_of(TEXT, "sentence", ("Premise", "Hypothesis"))
    row = row_of(lime(OURS, THEIRS), units=sentences, k_fixed=10)
    assert row.k == 1


@pytest.mark.parametrize(
    "explainer, fidelity, poor",
    [
        ("lime", 0.49, True),
        ("lime", 0.5, False),
        ("shap-partition", -0.02, True),
        ("shap-exact", 1e-7, False),
    ],
)
def test_a_poor_fit_is_flagged(explainer, fidelity, poor):
    """LIME below half of the variance and SHAP that does not add up are poor."""
    assert fit_text(explainer, fidelity)[1] is poor


def test_the_component_gets_every_word_once_and_both_models_numbers():
    """What is drawn holds both texts, the weights, ranks, marks and halves of every word."""
    data = heatmap_data(
        [row_of(lime(OURS, THEIRS, 0.1))],
        UNITS,
        Drawing(MODELS, ("yes", "no")),
        of="t",
    )
    assert [unit["name"] for unit in data["units"]] == [word.text for word in TEXT.words]
    (row,) = data["rows"]
    assert row["values"][1] == THEIRS
    assert row["halves"][0][0] == pytest.approx([value + 0.1 for value in OURS])
    assert row["details"][0] == {"fit": "local R² 0.80", "poor": False, "base": "base value 0.40"}
    assert data["chosen"] == -1
    assert data["classes"] == ["yes", "no"]


def test_the_table_says_the_same_as_the_drawing():
    """The table holds one row a word and explainer, with weight, rank, halves, difference and marks."""
    shap = Reasons("shap-partition", weights(OURS), weights(THEIRS))
    table = weight_table([row_of(lime(OURS, THEIRS)), row_of(shap)], UNITS, models=MODELS)
    assert len(table) == 20
    assert table["explainer"].unique().tolist() == ["LIME", "SHAP"]
    fourth = table.iloc[3]
    assert (fourth["word"], fourth["reference"], fourth["student"]) == ("four", -0.4, 0.1)
    assert (fourth["reference, rank"], fourth["top of"]) == (2, "reference")
    assert table["student, first half"].notna().sum() == 10


def test_no_explanations_give_an_empty_table():
    """Without rows there is a table without rows."""
    assert weight_table([], UNITS, models=MODELS).empty


def test_heatmaps_side_by_side_share_their_colours():
    """The limit of a row is the heaviest unit of either model in either heatmap."""
    small, large = row_of(lime(OURS, OURS)), row_of(lime(OURS, [-0.9, *OURS[1:]]))
    assert shared_limits([small], [large]) == [0.9]
    drawn = heatmap_data(
        [small], UNITS, Drawing(MODELS, ("a", "b")), of="t", limits=[0.9], cuts=([[1]], [[]])
    )
    assert drawn["rows"][0]["limit"] == 0.9
    assert drawn["cuts"] == [[[1]], [[]]]
