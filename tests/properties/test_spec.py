"""Spec -> JSON -> spec, and what a spec refuses."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trust_core.domain.catalogue.entry import DIMENSIONS
from trust_core.domain.spec import DataSpec, Spec
from trust_core.domain.spec_reading import read_part
from trust_core.errors import SpecError

NAMES = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=12)
SOME = st.one_of(st.none(), NAMES)
MARGINS = st.floats(0, 1, exclude_min=True, allow_subnormal=False)
MAPS = st.dictionaries(NAMES, NAMES, max_size=3)


@st.composite
def specs(draw: st.DrawFn) -> dict[str, Any]:
    """The content of a valid spec."""
    candidates = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    data = draw(
        st.fixed_dictionaries({"source": NAMES}, optional={"text_a": SOME, "label": SOME, "id": SOME})
    )
    reference = draw(NAMES.filter(lambda name: name not in candidates))
    content = (
        {
            "reference": reference,
            "candidates": candidates,
            "data": data,
        }
        if draw(st.booleans())
        else {
            "reference_predictions": reference,
            "candidate_predictions": candidates,
        }
    )
    optional = {
        "limit": st.one_of(st.none(), st.integers(1, 10**6)),
        "explainers": st.lists(st.sampled_from(["lime", "shap", "shap-exact"]), unique=True),
        "explain_limit": st.one_of(st.integers(0, 1000), st.just("all")),
        "protocol": st.sampled_from(["corrected", "published-nli", "published-pi"]),
        "seed": st.integers(0, 2**31 - 1),
        "lime": st.builds(lambda n: {"samples": 2 * n}, st.integers(10, 50_000)),
        "k": st.builds(
            lambda fraction, fixed: {"fraction": fraction, "fixed": fixed},
            st.floats(0, 1, exclude_min=True, exclude_max=True),
            st.one_of(st.none(), st.integers(1, 99)),
        ),
        "class": NAMES,
        "margins": st.dictionaries(st.sampled_from(["accuracy", "brier", "alignment", "risk"]), MARGINS),
        "label_map": st.dictionaries(st.sampled_from(["data", "reference", "candidate"]), MAPS),
        "dimensions": st.lists(st.sampled_from(DIMENSIONS), unique=True),
        "device": st.sampled_from(["auto", "cpu", "cuda"]),
        "no_texts": st.booleans(),
    }
    return content | draw(st.fixed_dictionaries({}, optional=optional))


@given(specs())
def test_spec_to_json_to_spec(content: dict[str, Any]) -> None:
    """A spec written as JSON reads back as the same spec."""
    spec = read_part(Spec, content, source="t")
    written = json.dumps(spec.model_dump(mode="json", by_alias=True))
    assert read_part(Spec, json.loads(written), source="t") == spec
    assert Spec.model_validate_json(spec.model_dump_json(by_alias=True)) == spec
    assert Spec.model_validate_json(spec.model_dump_json()) == spec


@given(specs(), st.text(st.characters(categories=["Ll"]), min_size=1, max_size=10))
def test_unknown_fields_are_refused(content: dict[str, Any], name: str) -> None:
    """A field that the spec does not have is refused by its name."""
    known = {*Spec.model_fields, "class"}
    if name not in known:
        with pytest.raises(SpecError, match=rf"- {name}: there is no such field"):
            read_part(Spec, {**content, name: 1}, source="t")


@given(
    specs(),
    st.floats(max_value=0, allow_nan=False)
    | st.floats(min_value=1, exclude_min=True)
    | st.just(float("nan")),
)
def test_margins_outside_their_range_are_refused(content: dict[str, Any], margin: float) -> None:
    """Margins of zero and less, above 1, infinite or no number are refused."""
    with pytest.raises(SpecError, match=r"- margins\.accuracy is "):
        read_part(Spec, {**content, "margins": {"accuracy": margin}}, source="t")


@pytest.mark.parametrize("kind", ["", "_predictions"])
def test_the_reference_is_no_candidate(kind: str) -> None:
    """A name that stands for both sides would mix their rows in the tables: it is refused and named."""
    given = "candidate_predictions" if kind else "candidates"
    content = {f"reference{kind}": "a", given: ["b", "a"], "data": {"source": "d"}}
    with pytest.raises(SpecError, match="candidate a is the reference itself"):
        read_part(Spec, content, source="t")


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"twin": "a"}, "the reference itself"),
        ({"twin": "ref:int8"}, "a twin is another training"),
        ({"twin_predictions": "f"}, "models go with twin"),
        ({"margins_from_twin": True}, "needs a twin"),
        ({"twin": "t", "margins_from_twin": True, "stop_when_settled": True}, "leave out stop_when_settled"),
    ],
)
def test_twins_that_cannot_be_are_refused(changes: dict[str, Any], said: str) -> None:
    """What makes no sense as a twin is told in words."""
    with pytest.raises(ValueError, match=said):
        Spec(reference="a", candidates=("b",), data=DataSpec(source="c"), **changes)


def test_a_twin_of_saved_predictions_is_a_file() -> None:
    """Saved predictions take no model as twin; the bundled reference brings its own, unless it shall not."""
    files = {"reference_predictions": "r", "candidate_predictions": ("c",)}
    with pytest.raises(ValueError, match="go with twin_predictions"):
        Spec(**files, twin="t")
    assert Spec(**files, twin_predictions="t", margins_from_twin=True).twin_name is None
    bundled = {"reference": "nli-reference", "candidates": ("ref:int8",), "data": DataSpec(source="c")}
    assert Spec(**bundled).twin_name == "nli-twin"
    assert Spec(**bundled, twin="none").twin_name is None
