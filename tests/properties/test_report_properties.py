from hypothesis import given
from hypothesis import strategies as st

from tests.support.report_evidence import vote
from trust_core.domain.measures import Findings
from trust_core.domain.spec import Margins
from trust_core.report.criteria import CRITERIA
from trust_core.report.verdict import verdict

RANK = {"different": 0, "inconclusive": 1, "equivalent": 2}

estimates = st.floats(-0.3, 0.3)
widths = st.floats(0.0, 0.2)
margins = st.floats(0.001, 0.5)


def _overall(estimate, width, margin):
    found = {"answers": Findings((), (vote("accuracy", estimate, width),))}
    return verdict(found, Margins(accuracy=margin), ("answers",)).overall


@given(estimates, widths, margins, margins)
def test_wider_margins_are_never_harder(estimate, width, one, other):
    """What is equivalent within a margin stays so within a wider one."""
    narrow, wide = sorted((one, other))
    assert RANK[_overall(estimate, width, narrow)] <= RANK[_overall(estimate, width, wide)]


@given(estimates, widths, margins)
def test_differences_are_judged_alike_in_both_directions(estimate, width, margin):
    """Swapping the models turns the sign of a difference and leaves its verdict."""
    assert _overall(estimate, width, margin) == _overall(-estimate, width, margin)


@given(st.lists(st.tuples(estimates, widths), min_size=1, max_size=5), st.randoms())
def test_order_of_the_votes_changes_nothing(pairs, random):
    """The verdict does not depend on the order of the tests."""
    votes = [vote("accuracy", estimate, width) for estimate, width in pairs]
    shuffled = list(votes)
    random.shuffle(shuffled)
    both = [
        verdict({"answers": Findings((), tuple(some))}, Margins(), ("answers",)).overall
        for some in (votes, shuffled)
    ]
    assert both[0] == both[1]


@given(st.sampled_from(sorted(CRITERIA)), st.floats(0.02, 0.9), st.floats(-1, 1), st.floats(0, 0.5))
def test_the_common_axis_says_what_the_verdict_says(key, margin, estimate, width):
    """On the axis of the forest plot, an interval lies inside -1 to 1 exactly when its test is equivalent."""
    criterion = CRITERIA[key]
    if criterion.kind != "difference":
        estimate = abs(estimate)
    low, high = estimate - width, estimate + width
    ends = sorted(criterion.scaled(value, margin) for value in (low, high))
    found = {criterion.dimension: Findings((), (vote(key, estimate, width),))}
    test = (
        verdict(found, Margins(**{key: margin}), (criterion.dimension,))
        .dimensions[criterion.dimension]
        .tests[0]
    )
    inside = ends[1] < 1 and (criterion.kind != "difference" or ends[0] > -1)
    near_edge = min(abs(abs(end) - 1) for end in ends) < 1e-9
    assert near_edge or inside == (test.status == "equivalent")
