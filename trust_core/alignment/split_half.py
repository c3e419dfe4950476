"""S: agreement of two models' reasons, freed of chance and of the explainer's own noise.

Two models explained on the same masks share sampling noise, so that comparison would flatter the
candidate. Each model's samples are therefore cut into two independent halves, and models are only ever
compared across halves: A's first with B's second and the reverse.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import t as student_t

from trust_core.domain.arrays import FloatArray, locked_floats
from trust_core.domain.measures import ALPHAS, LEVEL, MIN_TEXTS, Evidence, NotMeasured
from trust_core.stats.bootstrap import Resamples, evidence_from_draws

LEAST_SELF_AGREEMENT = 0.1
"""The lower limit that a model's self-agreement above chance must reach."""

_LEAST_STRETCH = 0.1
"""Below it the acceleration of the bootstrap would turn its levels round."""


@dataclass(frozen=True, slots=True)
class CrossedHalves:
    """What the crossed design saw in each of m texts.

    Attributes:
        cross: (m,) [J(A_h1, B_h2) + J(A_h2, B_h1)] / 2.
        self_reference: (m,) J(A_h1, A_h2); 1 for a noise-free explainer.
        self_candidate: (m,) J(B_h1, B_h2); likewise.
        chance: (m,) expected Jaccard index of random sets of these sizes.
        identical: whether every weight of the candidate equals the reference's, bit for bit.
    """

    cross: FloatArray
    self_reference: FloatArray
    self_candidate: FloatArray
    chance: FloatArray
    identical: bool = False

    def __post_init__(self) -> None:
        for name in ("cross", "self_reference", "self_candidate", "chance"):
            object.__setattr__(self, name, locked_floats(getattr(self, name)))

    def __len__(self) -> int:
        return len(self.cross)

    @property
    def contrasts(self) -> FloatArray:
        """(m, 3) cross - chance, cross - self_reference, cross - self_candidate.

        S is computed from the means of these and not of the four columns: for identical models the last
        two are 0 in every text, so both factors of the root are the numerator and S is 1 to the last bit.
        """
        columns = (
            self.cross - self.chance,
            self.cross - self.self_reference,
            self.cross - self.self_candidate,
        )
        return np.stack(columns, axis=1)


@dataclass(frozen=True, slots=True)
class Budgets:
    """Samples a text that each model's explanations were made from: what a larger budget is named from."""

    reference: int
    candidate: int


def ratio_of_means(means: FloatArray) -> FloatArray:
    """S from means of `CrossedHalves.contrasts`.

    S = (M_AB - C) / sqrt((M_AA - C)(M_BB - C)).

    Args:
        means: (r, 3) one row a resample.

    Returns:
        S of the rows whose self-agreements are both above chance, in order; in the others S has no
        meaning. `assess_alignment` sees to it that hardly any are.
    """
    above = means[:, 0]
    reference, candidate = above - means[:, 1], above - means[:, 2]
    defined = (reference > 0) & (candidate > 0)
    ratios: FloatArray = above[defined] / np.sqrt(reference[defined] * candidate[defined])
    return ratios


def assess_alignment(
    halves: CrossedHalves, *, resamples: int, seed: int, budgets: Budgets
) -> Evidence | NotMeasured:
    """S with limits from resampled texts; 1 is identity, 0 chance.

    S is a ratio of means and skewed: percentiles of a bootstrap alone call too many candidates equivalent
    where texts are few (7 % at the margin with 59 texts, for a test at 5 %). The limits are the widest of the
    percentiles, of Student's t with the standard error of the jackknife, and of the bias-corrected and
    accelerated bootstrap.

    Limits of identical models are exactly 1 on both sides: there S is 1 in every resample by construction,
    not for lack of events. Where the models differ but no text shows it, or hardly any, the limits allow for
    texts that were not seen (`evidence_from_draws`), with the self-agreements held.

    Args:
        halves: m texts.
        resamples: bootstrap resamples of texts.
        seed: the spec's seed.
        budgets: see `Budgets`.

    Returns:
        NotMeasured with fewer than 20 texts, or where the 95 % lower limit of a model's
        self-agreement above chance is below .1.
    """
    m = len(halves)
    if m < MIN_TEXTS:
        return NotMeasured(
            f"too few explained texts can be compared: {m}",
            f"at least {MIN_TEXTS} explained texts with more than K words",
        )
    contrasts = halves.contrasts
    draws = Resamples(n=m, count=resamples, seed=seed).means(contrasts)
    mean = contrasts.mean(axis=0)
    chance = float(halves.chance.mean())
    for role, column, budget in (("reference", 1, budgets.reference), ("candidate", 2, budgets.candidate)):
        above = float(mean[0] - mean[column])
        lower = float(np.quantile(draws[:, 0] - draws[:, column], (1 - LEVEL) / 2))
        if lower < LEAST_SELF_AGREEMENT:
            return _too_noisy(role, above=above, lower=lower, chance=chance, n=m, budget=budget)
    estimate = float(ratio_of_means(mean[None, :])[0])
    if halves.identical:
        return Evidence(estimate=estimate, n=m, low=np.ones(ALPHAS.shape), high=np.ones(ALPHAS.shape))
    root = math.sqrt((mean[0] - mean[1]) * (mean[0] - mean[2]))
    span = (-chance / root, (1 - chance) / root)
    differing = int((contrasts[:, 1:] != 0).any(axis=1).sum())
    ratios = ratio_of_means(draws)
    found = evidence_from_draws(ratios, estimate, n=m, span=span, events=differing)
    if isinstance(found, NotMeasured) or differing == 0:
        return found
    lows, highs = zip((found.low, found.high), *_skewed_limits(contrasts, ratios, estimate), strict=True)
    low, high = np.min(lows, axis=0), np.max(highs, axis=0)
    return replace(found, low=np.clip(low, *span), high=np.clip(high, *span))


def _skewed_limits(
    contrasts: FloatArray, draws: FloatArray, estimate: float
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Limits of S that allow for its skew, at every error rate: two pairs of low and high.

    First Student's t times the standard error of the jackknife; then the bias-corrected and accelerated
    bootstrap (Efron 1987), at the levels that Student's t asks of so few texts.

    Args:
        contrasts: (m, 3) one row a text.
        draws: (r,) S of each resample.
        estimate: S of the texts themselves.
    """
    m = len(contrasts)
    without = ratio_of_means((contrasts.sum(axis=0) - contrasts) / (m - 1))
    apart = without.mean() - without
    squares = float(np.square(apart).sum())
    quantiles = student_t.isf(ALPHAS, m - 1)
    reach = quantiles * math.sqrt(squares * (m - 1) / m)
    yield estimate - reach, estimate + reach
    if squares == 0:
        return
    acceleration = float((apart**3).sum()) / (6 * squares**1.5)
    below = float((draws < estimate).mean() + (draws == estimate).mean() / 2)
    shift = float(ndtri(np.clip(below, 1 / len(draws), 1 - 1 / len(draws))))
    z = quantiles * math.sqrt(m / (m - 1))

    def limit(z: FloatArray) -> FloatArray:
        moved = shift + z
        levels = ndtr(shift + moved / np.maximum(1 - acceleration * moved, _LEAST_STRETCH))
        limits: FloatArray = np.quantile(draws, levels)
        return limits

    yield limit(-z), limit(z)


def _too_noisy(role: str, *, above: float, lower: float, chance: float, n: int, budget: int) -> NotMeasured:
    """Why S is not measured where a model does not agree with itself, and the budget that would do."""
    reason = (
        f"two independent halves of the {role}'s explanations agree too little beyond chance: "
        f"{above:.2f} above a chance level of {chance:.2f}, with a 95 % lower limit of {lower:.2f}; "
        f"at least {LEAST_SELF_AGREEMENT} is needed"
    )
    ways = []
    reliable = above / (1 - chance)
    wanted = (LEAST_SELF_AGREEMENT + above - lower) / (1 - chance)
    if wanted >= 1:
        return NotMeasured(reason, "a smaller K: chance alone makes sets of this size agree")
    if 0 < reliable < wanted:
        # Spearman and Brown: f times the samples turn a reliability r into f r / (1 + (f - 1) r).
        factor = wanted * (1 - reliable) / (reliable * (1 - wanted))
        if factor <= 100:
            ways.append(f"about {_rounded_up(factor * budget)} samples a text instead of {budget}")
    if above > LEAST_SELF_AGREEMENT:
        texts = n * ((above - lower) / (above - LEAST_SELF_AGREEMENT)) ** 2
        ways.append(f"about {_rounded_up(max(texts, n + 1.0))} explained texts instead of {n}")
    needs = " or ".join(ways) if ways else "another explainer: no affordable number of samples would do"
    return NotMeasured(reason, needs)


def _rounded_up(count: float) -> int:
    """A count rounded up to two digits."""
    unit = 10 ** max(0, math.floor(math.log10(count)) - 1)
    return int(math.ceil(count / unit) * unit)
