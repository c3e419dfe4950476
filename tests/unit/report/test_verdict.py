import pytest

from tests.support.report_evidence import MISSING, same_everywhere, vote
from trust_core.domain.measures import Findings, NotMeasured, Vote
from trust_core.domain.spec import Margins
from trust_core.report.advice import EXPLAINED, next_steps
from trust_core.report.verdict import verdict
from trust_core.stats.intervals import paired_difference_evidence

MARGINS = Margins()
DEFAULT = ("answers", "reasons", "reliability", "cost")


def judged(changes=None, dimensions=DEFAULT, margins=MARGINS, **more):
    """The verdict on equal models with these findings changed."""
    return verdict(same_everywhere() | (changes or {}), margins, dimensions, **more)


def answers(*votes):
    """Findings of the answers alone."""
    return {"answers": Findings((), votes)}


def test_all_inside_is_equivalent():
    """A candidate inside every margin is equivalent, in each voting dimension and overall."""
    result = judged()
    assert result.overall == "equivalent"
    assert [result.dimensions[name].status for name in ("answers", "reasons", "reliability")] == [
        "equivalent"
    ] * 3


def test_every_dimension_is_reported_and_cost_never_votes():
    """All five dimensions are in the report; cost is information, and what was not looked at says so."""
    result = judged()
    assert set(result.dimensions) == {"answers", "reasons", "reliability", "confidence_use", "cost"}
    assert result.dimensions["cost"].status == "information"
    assert result.dimensions["confidence_use"].status == "not_measured"
    assert "does not vote" in result.dimensions["confidence_use"].why


def test_one_measure_outside_makes_it_different():
    """One measure clearly outside its margin makes its dimension and the whole different."""
    result = judged(answers(vote("accuracy", -0.08, 0.01), vote("negative_flip_rate", 0.004, 0.003)))
    assert result.dimensions["answers"].status == "different"
    assert result.overall == "different"
    assert result.why.startswith("Beyond the margins: answers.")


def test_unsettled_measure_makes_it_inconclusive():
    """An interval across the margin leaves all open, and says how many texts would do."""
    result = judged(answers(vote("accuracy", 0.0, 0.02), vote("negative_flip_rate", 0.004, 0.003)))
    assert result.dimensions["answers"].status == "inconclusive"
    assert result.overall == "inconclusive"
    test = result.dimensions["answers"].tests[0]
    assert test.n_needed == 2000  # 500 texts, interval twice as wide as the margin
    assert "about 2,000 texts would settle it" in test.why


def test_estimate_on_the_margin_is_not_settled_by_a_million():
    """Where estimate and margin meet, the sentence says so instead of naming a number."""
    result = judged(answers(vote("accuracy", 0.01, 0.02)))
    test = result.dimensions["answers"].tests[0]
    assert test.n_needed is None
    assert "not within a million texts" in test.why


def test_settled_measures_need_no_more_texts():
    """Only what is open has an n_needed."""
    rows = [test for part in judged().dimensions.values() for test in part.tests]
    assert rows
    assert all(test.n_needed is None for test in rows)


def test_holm_counts_all_tests_of_the_candidate():
    """A measure barely outside alone is not enough once seven tests are counted; alone it is."""
    barely = vote("accuracy", -0.02, 0.0099)
    among_others = judged(answers(barely, vote("negative_flip_rate", 0.004, 0.003)))
    assert among_others.dimensions["answers"].tests[0].status == "different"
    assert among_others.dimensions["answers"].status == "inconclusive"
    assert "different alone, not after correction for 7 tests" in among_others.dimensions["answers"].why
    alone = verdict(answers(barely), Margins(), ("answers",))
    assert alone.dimensions["answers"].status == "different"


def _lost_and_gained():
    """The verdict where 28 of 1,000 answers were lost and 5 gained, and nothing else changed."""
    lost = Vote("accuracy", paired_difference_evidence(28, 5, 1000))
    return judged(answers(lost, vote("negative_flip_rate", 0.004, 0.003)))


def test_a_test_that_holm_holds_back_says_so_and_what_would_settle_it():
    """28 lost and 5 gained of 1,000: different alone, open after correction, with p-values and a number."""
    result = _lost_and_gained()
    test = result.dimensions["answers"].tests[0]
    assert test.status == "different"
    assert test.p <= 0.05 < test.p_adjusted
    assert 1000 < test.n_needed < 10_000
    assert "texts would settle it" in test.why
    assert result.dimensions["answers"].status == "inconclusive"
    steps = next_steps(result)
    assert any("more texts" in step for step in steps)
    assert any("accuracy seriously" in step for step in steps)


def test_steps_name_the_hardest_open_question():
    """The number of texts is for the questions still open, and holds if the estimate does."""
    result = judged(answers(vote("accuracy", 0.0, 0.02), vote("negative_flip_rate", 0.004, 0.003)))
    assert next_steps(result) == (
        "Test on more texts: about 2,000 would settle accuracy, the hardest of the questions still open.",
    )
    assert "texts would settle it, if the estimate holds" in result.dimensions["answers"].tests[0].why


def test_no_more_texts_are_asked_for_where_the_answer_is_no():
    """A verdict that is different already is not changed by what more texts would settle."""
    different = vote("brier", 0.05, 0.004)
    found = answers(vote("accuracy", 0.0, 0.02), vote("negative_flip_rate", 0.004, 0.003))
    result = judged(found | {"reliability": Findings((), (different,))})
    assert result.overall == "different"
    assert result.dimensions["answers"].tests[0].n_needed is not None
    assert not any("Test on more texts" in step for step in next_steps(result))


def test_the_texts_that_flipped_are_where_the_reader_finds_them():
    """A reader with files is sent to the file, a reader of the app to the page."""
    result = judged(answers(vote("accuracy", -0.1, 0.004)))
    assert "pairs.parquet lists the texts that flipped" in next_steps(result)[0]
    (on_page, *_) = next_steps(result, flips_in="the page Answers")
    assert "the page Answers lists the texts that flipped" in on_page
    assert "parquet" not in on_page


def test_more_explained_texts_are_asked_for_in_the_readers_words():
    """In the terminal the option is named, on a page its field and no option."""
    unclear = vote("alignment", 0.78, 0.05, explainer="lime")
    result = judged(same_everywhere() | {"reasons": Findings((), (unclear,))})
    assert any("(explained texts: --explain-limit)" in step for step in next_steps(result))
    on_page = " ".join(next_steps(result, explained_by=f"“{EXPLAINED}” on the page New comparison"))
    assert "(explained texts: “Texts explained” on the page New comparison)" in on_page
    assert "--" not in on_page


def test_what_is_missing_is_listed_once_with_its_explainers():
    """A measure that both explainers lack is named once; names and abbreviations keep their capitals."""
    result = judged(
        {
            "reasons": Findings((), (Vote("alignment", MISSING, "lime"), Vote("alignment", MISSING, "shap"))),
            "reliability": Findings((), (Vote("brier", MISSING),)),
        }
    )
    assert next_steps(result)[-1] == (
        "Measure what is missing: alignment of reasons (LIME and SHAP) and Brier score; each says what "
        "it needs."
    )


def test_votes_that_are_not_counted_have_no_corrected_p():
    """The p-value of a measure stands beside it; a corrected one only where it was counted."""
    result = judged(dimensions=("answers",))
    assert result.dimensions["reliability"].tests[0].p is not None
    assert result.dimensions["reliability"].tests[0].p_adjusted is None
    assert result.dimensions["answers"].tests[0].p_adjusted is not None


def test_deselected_tests_do_not_count_for_holm():
    """A dimension that is not chosen neither votes nor weighs on the correction."""
    barely = vote("accuracy", -0.02, 0.0099)
    assert judged(answers(barely), dimensions=("answers",)).overall == "different"


def test_deselected_dimension_has_no_vote():
    """A bad dimension that the spec leaves out is shown, and changes nothing."""
    bad = {"reasons": Findings((), (vote("alignment", 0.2, 0.05, explainer="lime"),))}
    result = judged(bad, dimensions=("answers", "reliability"))
    assert result.overall == "equivalent"
    assert result.dimensions["reasons"].status == "information"
    assert result.dimensions["reasons"].tests[0].status == "different"


def test_not_measured_dimension_leaves_the_whole_open():
    """A chosen dimension that could not be measured makes the overall verdict inconclusive."""
    result = judged({"reasons": Findings((), (Vote("alignment", MISSING, "lime"),))})
    assert result.dimensions["reasons"].status == "not_measured"
    assert result.overall == "inconclusive"
    assert "too few" in result.dimensions["reasons"].why


def test_a_missing_dimension_is_not_measured():
    """A chosen dimension that nobody measured is not taken for equal."""
    found = same_everywhere()
    del found["reasons"]
    result = verdict(found, Margins(), DEFAULT)
    assert result.dimensions["reasons"].status == "not_measured"
    assert result.overall == "inconclusive"


def test_one_unmeasured_vote_leaves_its_dimension_open():
    """A dimension with one measure equivalent and one not measured is inconclusive."""
    result = judged(answers(vote("accuracy", 0.001, 0.002), Vote("negative_flip_rate", MISSING)))
    assert result.dimensions["answers"].status == "inconclusive"


def test_a_difference_outweighs_what_was_not_measured():
    """What is known to differ differs, whatever else could not be measured."""
    result = judged(answers(vote("accuracy", -0.2, 0.01), Vote("negative_flip_rate", MISSING)))
    assert result.overall == "different"


def test_failed_control_comes_first_and_decides_nothing():
    """With a failed control the verdict is inconclusive and its first words name the control."""
    result = judged(answers(vote("accuracy", -0.2, 0.01)), controls_failed=("C5",))
    assert result.overall == "inconclusive"
    assert result.why.startswith("This run cannot judge: control C5 came out wrong")
    both = judged(controls_failed=("C0", "C5"))
    assert both.why.startswith("This run cannot judge: control C0 and control C5 came out wrong")


def test_a_threshold_that_could_not_be_tuned_leaves_a_chosen_dimension_open():
    """Confidence in use without a figure makes the verdict inconclusive where it is chosen, and says why."""
    found = {"confidence_use": Findings((), (Vote("risk", NotMeasured("no threshold", "more texts")),))}
    result = judged(found, dimensions=(*DEFAULT, "confidence_use"))
    assert result.overall == "inconclusive"
    assert "it needs more texts" in result.dimensions["confidence_use"].why


@pytest.mark.parametrize("shift, status", [(0.0, "equivalent"), (0.2, "different")])
def test_a_dimension_that_was_not_chosen_is_shown_without_a_vote(shift, status):
    """The risk at a threshold is judged and shown, and changes no verdict unless it is chosen."""
    found = {"confidence_use": Findings((), (vote("risk", shift, 0.003),))}
    result = judged(found)
    assert result.overall == "equivalent"
    part = result.dimensions["confidence_use"]
    assert (part.status, part.tests[0].status) == ("information", status)
    assert "without a vote" in part.why
    chosen = judged(found, dimensions=(*DEFAULT, "confidence_use"))
    assert chosen.overall == status
    assert any("Tune the threshold again" in step for step in next_steps(chosen)) is (status == "different")


def test_what_was_neither_chosen_nor_measured_asks_for_nothing():
    """A threshold that could not be tuned, and that nobody asked for, leaves the next steps as they are."""
    found = {"confidence_use": Findings((), (Vote("risk", NotMeasured("no threshold", "more texts")),))}
    result = judged(found)
    assert result.dimensions["confidence_use"].status == "information"
    assert next_steps(result) == next_steps(judged())
    other = answers(vote("accuracy", 0.009, 0.02), vote("negative_flip_rate", 0.004, 0.003))
    assert next_steps(judged(other | found)) == next_steps(judged(other))


def test_no_voting_dimension_decides_nothing():
    """With cost alone there is nothing to decide."""
    assert judged(dimensions=("cost",)).overall == "inconclusive"


def test_curve_distance_beyond_its_margin_is_different():
    """A curve distance that swaps do not reach is judged like any other measure."""
    found = {"reliability": Findings((), (vote("curve_distance", 0.05, 0.01, null_p=0.001),))}
    assert judged(found).dimensions["reliability"].status == "different"


def test_leaning_interval_never_asks_for_fewer_texts_than_it_had():
    """An interval that is long on the side of the margin asks for more texts than were there."""
    leaning = vote("accuracy", 0.004, 0.005)
    lifted = leaning.evidence
    shifted = type(lifted)(estimate=0.0, n=500, low=lifted.low, high=lifted.high + 0.002)
    test = judged(answers(Vote("accuracy", shifted))).dimensions["answers"].tests[0]
    assert test.status == "inconclusive"
    assert test.n_needed > 500


@pytest.mark.parametrize(
    "key, estimate, half, sentence",
    [
        (
            "negative_flip_rate",
            0.021,
            0.011,
            (
                "Negative flips: 2.1 % of the texts were answered right before and wrong now "
                "(90 % interval 1.0 to 3.2 %, n = 500), margin 2 %: not settled"
            ),
        ),
        (
            "accuracy",
            -0.008,
            0.001,
            (
                "Accuracy: the share of right answers changed by \u22120.8 points "
                "(90 % interval \u22120.9 to \u22120.7 points, n = 500), margin ±1 point: equivalent."
            ),
        ),
        (
            "brier",
            0.05,
            0.01,
            (
                "Brier score: the squared error of the probabilities changed by +0.050 "
                "(90 % interval +0.040 to +0.060, n = 500), margin ±0.01: different."
            ),
        ),
    ],
)
def test_sentences_carry_the_numbers(key, estimate, half, sentence):
    """Each test says estimate, interval, n, margin and outcome in one sentence."""
    dimension = "reliability" if key == "brier" else "answers"
    result = verdict({dimension: Findings((), (vote(key, estimate, half),))}, Margins(), (dimension,))
    assert result.dimensions[dimension].tests[0].why.startswith(sentence)


def test_sentence_of_alignment_names_the_explainer_and_the_floor():
    """The sentence on reasons says which explainer and what the scale means."""
    found = {"reasons": Findings((), (vote("alignment", 0.57, 0.06, explainer="lime"),))}
    why = verdict(found, Margins(), ("reasons",)).dimensions["reasons"].tests[0].why
    assert why.startswith("Alignment of reasons, LIME: 0.57 on a scale")
    assert "floor 0.75: different." in why


def test_wider_margins_never_make_it_worse():
    """Other margins need no new findings: the same evidence is judged again."""
    found = answers(vote("accuracy", -0.02, 0.005), vote("negative_flip_rate", 0.03, 0.005))
    assert judged(found).overall == "different"
    assert judged(found, margins=Margins(accuracy=0.05, negative_flip_rate=0.05)).overall == "equivalent"
