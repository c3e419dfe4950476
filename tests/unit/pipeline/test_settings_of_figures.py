"""What a figure of the reasons says that it was made with."""

from __future__ import annotations

from typing import Any

import pytest

from trust_core.domain.spec import DataSpec, Spec
from trust_core.pipeline.measuring import _settings


@pytest.mark.parametrize(
    "explainer, shap, own",
    [
        ("lime", {}, {"samples": 60, "sampling": "independent"}),
        ("shap-permutation", {"permutations": 4}, {"permutations": 4}),
        ("shap-partition", {}, {"budget": "complete"}),
        ("shap-partition", {"budget": 64}, {"budget": 64}),
        ("shap-exact", {}, {}),
    ],
)
def test_only_what_the_explainer_used(explainer: str, shap: dict[str, Any], own: dict[str, Any]) -> None:
    """How LIME's samples are drawn stands on its figures alone; each form of SHAP names its number."""
    spec = Spec(
        reference="a",
        candidates=("b",),
        data=DataSpec(source="d"),
        lime={"samples": 60, "sampling": "independent"},
        shap=shap,  # type: ignore[arg-type]
    )
    common = {"class", "scale", "mask", "protocol"}
    found = _settings(spec, explainer)
    assert {name: value for name, value in found.items() if name not in common} == own
    assert common <= found.keys()
