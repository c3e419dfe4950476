"""Evidence with a normal interval, for tests of verdicts."""

import numpy as np

from trust_core.domain.measures import ALPHAS, Evidence, Findings, NotMeasured, Vote
from trust_core.stats.evidence import QUANTILES

MISSING = NotMeasured("12 texts are too few for an interval", "at least 20 texts")


def evidence(
    estimate: float, half_width: float = 0.0, *, n: int = 500, null_p: float | None = None
) -> Evidence:
    """Evidence whose 90 % interval is estimate +- half_width."""
    at_five = QUANTILES[int(np.argmin(np.abs(ALPHAS - 0.05)))]
    half = QUANTILES / at_five * half_width
    return Evidence(estimate=estimate, n=n, low=estimate - half, high=estimate + half, null_p=null_p)


def vote(key: str, estimate: float, half_width: float = 0.0, *, explainer: str | None = None, **more) -> Vote:
    """A vote with such evidence."""
    return Vote(key, evidence(estimate, half_width, **more), explainer)


def same_everywhere() -> dict[str, Findings]:
    """Findings that are well inside the default margins in every voting dimension."""
    return {
        "answers": Findings((), (vote("accuracy", 0.001, 0.002), vote("negative_flip_rate", 0.004, 0.003))),
        "reasons": Findings(
            (),
            (
                vote("alignment", 0.93, 0.04, explainer="lime"),
                vote("alignment", 0.95, 0.03, explainer="shap-partition"),
            ),
        ),
        "reliability": Findings(
            (),
            (
                vote("brier", 0.001, 0.002),
                vote("signed_gap", -0.002, 0.003),
                vote("curve_distance", 0.006, 0.005),
            ),
        ),
        "cost": Findings(()),
    }
