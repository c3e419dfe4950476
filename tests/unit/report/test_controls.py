from tests.support.report_evidence import MISSING, evidence, same_everywhere, vote
from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.measures import Exact, Findings, Measure, Vote
from trust_core.domain.spec import Margins
from trust_core.report.controls import (
    broken_control,
    ceiling_control,
    failed,
    identity_control,
    skipped_control,
)
from trust_core.report.wording import in_sentence

DIMENSIONS = ("answers", "reasons", "reliability", "cost")


def identical():
    """Findings of a model against itself."""
    return {
        "answers": Findings((), (vote("accuracy", 0.0, 0.05), vote("negative_flip_rate", 0.0, 0.04))),
        "reasons": Findings((), (vote("alignment", 1.0, explainer="lime"),)),
        "reliability": Findings(
            (), (vote("brier", 0.0), vote("signed_gap", 0.0), vote("curve_distance", 0.0))
        ),
    }


def test_c0_holds_when_every_vote_is_at_its_best():
    """A model against itself holds although 30 texts give wide intervals: only exactness is asked."""
    control = identity_control(identical())
    assert control.held is True
    assert control.status == "equivalent"


def test_c0_fails_on_the_smallest_difference():
    """One vote off by a billionth fails C0 and is named."""
    found = identical() | {"reasons": Findings((), (vote("alignment", 1 - 1e-9, explainer="lime"),))}
    control = identity_control(found)
    assert control.held is False
    assert control.status == "different"
    assert "alignment of reasons, LIME" in control.why


def test_c0_looks_at_every_figure():
    """A figure of the pair or a difference that is off fails C0; rounding and one model's figures do not."""
    for key, of, value, held in (
        ("kl_forward", "pair", 1e-9, False),
        ("agreement", "pair", 0.99, False),
        ("nll", "difference", 1e-9, False),
        ("nll", "difference", 1e-15, True),
        ("nll", "reference", 0.4, True),
    ):
        shown = Findings((Measure(key, of, Exact(value)),), ())
        control = identity_control(identical() | {"cost": shown})
        assert control.held is held, key
        assert (f"{in_sentence(CATALOGUE[key].title)} {value:.6g}" in control.why) is not held


def test_c0_names_what_it_could_not_measure():
    """An unmeasured vote does not fail C0, and is not hidden."""
    control = identity_control(identical() | {"reasons": Findings((), (Vote("alignment", MISSING, "lime"),))})
    assert control.held is True
    assert "Not measured here: alignment of reasons (LIME)" in control.why


def test_controls_without_texts_are_not_measured():
    """Without any vote no control holds or fails."""
    nothing = {"answers": Findings((), (Vote("accuracy", MISSING),))}
    for control in (
        identity_control(nothing),
        ceiling_control(nothing),
        broken_control(nothing, Margins(), DIMENSIONS, broken="small"),
        skipped_control("there are saved predictions only"),
    ):
        assert control.status == "not_measured"
        assert control.held is None
        assert control.why


def test_c1_is_a_scale_and_no_test():
    """C1 says how alike the reference is to itself, with its interval, and can neither hold nor fail."""
    control = ceiling_control({"reasons": Findings((), (vote("alignment", 0.97, 0.02, explainer="lime"),))})
    assert control.status == "information"
    assert control.held is None
    assert "0.97 (90 % interval 0.95 to 0.99, n = 500) by LIME" in control.why


def test_c5_holds_when_the_broken_model_is_different():
    """A broken model that is called different holds the control."""
    broken = {"answers": Findings((), (vote("accuracy", -0.5, 0.15), vote("negative_flip_rate", 0.6, 0.15)))}
    control = broken_control(broken, Margins(), ("answers",), broken="small")
    assert control.held is True
    assert control.status == "different"
    assert control.why.startswith("A broken model (small) is recognised.")


def test_c5_fails_when_the_broken_model_passes():
    """A broken model that looks the same, or cannot be told, fails the control."""
    control = broken_control(same_everywhere(), Margins(), DIMENSIONS, broken="small")
    assert control.held is False
    assert control.status == "equivalent"
    open_question = {"answers": Findings((), (Vote("accuracy", evidence(0.0, 0.2)),))}
    assert broken_control(open_question, Margins(), ("answers",), broken="small").status == "inconclusive"


def test_failed_names_only_what_came_out_wrong():
    """Unmeasured controls and scales are no failures."""
    controls = {
        "C0": identity_control(same_everywhere()),
        "C1": skipped_control("no models"),
        "C5": broken_control(same_everywhere(), Margins(), DIMENSIONS, broken="small"),
    }
    assert failed(controls) == ("C0", "C5")
