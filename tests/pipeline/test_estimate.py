"""What a run is said to take before it begins."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.pipeline_runs import Workbench, write_neighbour
from trust_core.datasets.limits import Limits
from trust_core.domain.spec import DataSpec, Spec
from trust_core.models.device import choose_device
from trust_core.models.policy import Policy
from trust_core.pipeline.estimate import estimate, mean_passes, observed_rate, passes, sizes_of_controls
from trust_core.pipeline.plan import Plan, plan_models
from trust_core.settings import settings_from
from trust_core.store.rates import known_rate


@pytest.fixture(scope="module")
def spec(bench: Workbench) -> Spec:
    """Both explainers on twenty of the texts."""
    return Spec(
        reference=str(bench.reference),
        candidates=(str(bench.candidate),),
        data=DataSpec(source=str(bench.data)),
        explain_limit=20,
    )


def _plan(spec: Spec, **changes: object) -> Plan:
    changed = spec.model_copy(update=changes)
    return plan_models(changed, limits=Limits(10**9, 10**6, None), policy=Policy(origin="typed"))


def test_seconds_follow_the_work(spec: Spec) -> None:
    """Twice the rate is twice the time but for what is fixed; more texts and samples take longer."""
    device = choose_device("cpu")
    one = estimate(_plan(spec), device=device, rate=1e-9)
    assert [name for name, _ in one.phases] == [
        "Predicting",
        "Explaining by LIME",
        "Explaining by SHAP",
        "Keeping and deleting words",
        "Timing and controls",
    ]
    assert one.seconds == pytest.approx(sum(seconds for _, seconds in one.phases))
    twice = dict(estimate(_plan(spec), device=device, rate=2e-9).phases)
    assert twice["Explaining by LIME"] == pytest.approx(2 * dict(one.phases)["Explaining by LIME"])
    more = dict(estimate(_plan(spec, explain_limit=40), device=device, rate=1e-9).phases)
    assert more["Explaining by LIME"] == pytest.approx(2 * dict(one.phases)["Explaining by LIME"])
    nothing = estimate(_plan(spec, explain_limit=0), device=device, rate=None)
    assert [name for name, _ in nothing.phases] == ["Predicting", "Timing and controls"]
    assert (one.basis, nothing.basis) == (
        "earlier runs on this machine",
        "a usual machine, as nothing has run on this one yet",
    )


def test_controls_cost_what_they_load(spec: Spec, bench: Workbench, tmp_path: Path) -> None:
    """C5 and C2 load a model each, the twin a third; an int8 candidate and a candidate twin save theirs."""
    twin = str(write_neighbour(tmp_path / "twin", bench.reference, seed=5))
    others = spec.candidates
    assert len(sizes_of_controls(_plan(spec))) == 2
    assert len(sizes_of_controls(_plan(spec, twin=twin))) == 3
    assert len(sizes_of_controls(_plan(spec, candidates=(*others, "ref:int8"), twin=twin))) == 2
    assert len(sizes_of_controls(_plan(spec, candidates=(*others, "ref:int8", twin), twin=twin))) == 1
    device = choose_device("cpu")
    without, beside = (estimate(_plan(spec, twin=one), device=device, rate=1e-9) for one in (None, twin))
    assert beside.seconds > without.seconds
    # Where margins come from the twin, it explains all explained texts and not the control texts alone.
    few, all_of_them = (
        estimate(
            _plan(spec, twin=twin, control_texts=10, margins_from_twin=whole), device=device, rate=1e-9
        ).seconds
        for whole in (False, True)
    )
    assert all_of_them > few


@pytest.mark.parametrize(
    "explainer, expected",
    [("lime", 1000), ("shap-partition", 68), ("shap-permutation", 182), ("shap-exact", 1024)],
)
def test_passes_of_a_text_of_ten_words(spec: Spec, explainer: str, expected: int) -> None:
    """LIME asks for its samples, SHAP for a number that follows from the words."""
    assert passes(explainer, 10, spec) == expected


def test_a_run_teaches_the_next(spec: Spec) -> None:
    """The rate read off a run gives its own seconds again; one that explained few or none teaches nothing."""
    plan = _plan(spec)
    spent = [{"lime": 0.3, "shap-partition": 0.1}, {"lime": 0.3, "shap-partition": 0.1}]
    rate = observed_rate(plan, spent)
    assert rate is not None
    phases = dict(estimate(plan, device=choose_device("cpu"), rate=rate).phases)
    explained = phases["Explaining by LIME"] + phases["Explaining by SHAP"]
    assert explained == pytest.approx(20 * 0.8)
    assert mean_passes(plan)["lime"] == 1000
    assert observed_rate(plan, [{}, {}]) is None
    assert observed_rate(_plan(spec, explain_limit=0), spent) is None
    assert observed_rate(_plan(spec, explain_limit=15), spent) is None
    assert observed_rate(_plan(spec, explain_limit=16), spent) is not None


def test_a_finished_run_leaves_its_rate(finished: Path) -> None:
    """After a run the machine is known."""
    assert known_rate(settings_from(os.environ).home, choose_device("cpu").description) is not None
