"""The command in a report does the run again."""

from __future__ import annotations

import json
import shlex
from argparse import ArgumentParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trust_core.cli.spec_options import add_spec_options, spec_from_options
from trust_core.domain.catalogue.entry import DIMENSIONS
from trust_core.domain.spec import DataSpec, Spec
from trust_core.pipeline.command import reproducing_command
from trust_core.pipeline.fingerprint import fingerprint

NAMES = st.one_of(
    st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=12),
    st.sampled_from(
        ["-a", "--b", "1", "1e5", "yes", "null", "NaN", "[x", "a=b", "a.b", "gold", "~", "{", "'"]
    ),
)
SOME = st.one_of(st.none(), NAMES)
MARGINS = st.floats(0, 1, exclude_min=True, allow_subnormal=False)
MAPS = st.dictionaries(NAMES, NAMES, max_size=3)
OPTIONAL = {
    "limit": st.integers(1, 10**6),
    "explainers": st.lists(st.sampled_from(["lime", "shap", "shap-exact"]), unique=True),
    "explain_limit": st.one_of(st.integers(0, 1000), st.just("all")),
    "protocol": st.sampled_from(["corrected", "published-nli", "published-pi"]),
    "seed": st.integers(0, 2**31 - 1),
    "lime": st.builds(lambda n: {"samples": 2 * n}, st.integers(10, 50_000)),
    "shap": st.builds(lambda budget: {"budget": budget}, st.one_of(st.none(), st.integers(4, 999))),
    "k": st.builds(
        lambda fraction, fixed: {"fraction": fraction, "fixed": fixed},
        st.floats(0, 1, exclude_min=True, exclude_max=True),
        st.one_of(st.none(), st.integers(1, 99)),
    ),
    "class": NAMES,
    "scale": st.sampled_from(["probability", "logit"]),
    "margins": st.dictionaries(st.sampled_from(["accuracy", "brier", "alignment", "risk"]), MARGINS),
    "label_map": st.dictionaries(st.sampled_from(["data", "reference", "candidate"]), MAPS),
    "dimensions": st.lists(st.sampled_from(DIMENSIONS), unique=True),
    "device": st.sampled_from(["auto", "cpu", "cuda"]),
    "threads": st.integers(1, 9),
    "no_texts": st.booleans(),
}


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    """Any valid spec."""
    given_names = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    data = draw(
        st.fixed_dictionaries({"source": NAMES}, optional=dict.fromkeys(("text_b", "id", "split"), SOME))
    )
    reference = draw(NAMES.filter(lambda name: name not in given_names))
    content: dict[str, Any] = (
        {
            "reference": reference,
            "candidates": given_names,
            "data": data,
        }
        if draw(st.booleans())
        else {
            "reference_predictions": reference,
            "candidate_predictions": given_names,
        }
    )
    content |= draw(st.fixed_dictionaries({}, optional=OPTIONAL))
    if content.get("protocol", "corrected") == "corrected":
        content |= draw(st.fixed_dictionaries({}, optional={"stop_when_settled": st.booleans()}))
    return Spec.model_validate(content)


def _typed(command: str) -> Spec:
    program, *words = shlex.split(command)[3:]
    assert program == "evaluate"
    parser = ArgumentParser()
    add_spec_options(parser)
    parser.add_argument("--out")
    return spec_from_options(parser.parse_args(words))


@given(specs())
def test_the_command_of_any_spec_gives_that_spec(spec: Spec) -> None:
    """Typed into a shell, the command gives the same spec, and so the same fingerprint."""
    again = _typed(reproducing_command(spec))
    assert again == spec
    hashes = {"data_hash": "d", "model_hashes": ["m"]}
    assert fingerprint(again, **hashes) == fingerprint(spec, **hashes)  # type: ignore[arg-type]


@given(spec=specs())
def test_the_spec_file_of_any_spec_gives_that_spec(
    spec: Spec, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """spec.json, as a run writes it, read by --spec gives the same spec."""
    file = tmp_path_factory.mktemp("spec") / "spec.json"
    file.write_text(json.dumps(spec.model_dump(mode="json", by_alias=True, exclude_defaults=True)))
    assert _typed(f"python -m trust_core evaluate --spec {file}") == spec


def test_a_plain_command_is_plain() -> None:
    """Values that need no quotes have none, and defaults are left out."""
    spec = Spec(
        reference="a", candidates=("ref:int8",), data=DataSpec(source="bundled:nli"), lime={"samples": 200},
        explained_class="gold", explainers=("lime",),
    )  # fmt: skip
    assert reproducing_command(spec) == (
        "python -m trust_core evaluate --reference a --candidate ref:int8 --data bundled:nli "
        "--explainers lime --set lime.samples=200 --set class=gold --out DIR"
    )


@pytest.mark.parametrize(
    "change", [{"device": "cpu"}, {"threads": 2}, {"batch_tokens": 512}, {"reference": "other"}]
)
def test_how_and_where_do_not_name_a_run(change: dict[str, Any]) -> None:
    """Device, threads, batch and names leave the fingerprint as it is; a seed does not."""
    spec = Spec(reference="a", candidates=("b",), data=DataSpec(source="c"))
    hashes: dict[str, Any] = {"data_hash": "d", "model_hashes": ["m", "n"]}
    assert fingerprint(spec.model_copy(update=change), **hashes) == fingerprint(spec, **hashes)
    assert fingerprint(spec.model_copy(update={"seed": 1}), **hashes) != fingerprint(spec, **hashes)
    hashes["model_hashes"].reverse()
    assert fingerprint(spec, **hashes) != fingerprint(spec, data_hash="d", model_hashes=["m", "n"])


def test_the_twin_names_a_run_by_its_content() -> None:
    """Another name of the same twin is the same run; another twin, or none, is another."""
    spec = Spec(reference="a", candidates=("b",), data=DataSpec(source="c"), twin="t")
    hashes: dict[str, Any] = {"data_hash": "d", "model_hashes": ["m", "n"]}
    found = fingerprint(spec, **hashes, twin_hash="x")
    assert found == fingerprint(spec.model_copy(update={"twin": "u"}), **hashes, twin_hash="x")
    assert len({found, fingerprint(spec, **hashes, twin_hash="y"), fingerprint(spec, **hashes)}) == 3


def test_the_twin_stands_in_the_command() -> None:
    """--twin and --margins from-twin give the same spec again."""
    spec = Spec(reference="a", candidates=("b",), data=DataSpec(source="c"), twin="t", margins_from_twin=True)
    command = reproducing_command(spec)
    assert "--twin t" in command
    assert "--margins from-twin" in command
    assert _typed(command) == spec
