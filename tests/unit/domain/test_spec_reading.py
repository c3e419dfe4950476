import re
from typing import Any

import pytest

from trust_core.domain.spec import LabelMap, Margins, Spec
from trust_core.domain.spec_reading import read_part
from trust_core.errors import SpecError

MODELS = {"reference": "a", "candidates": ["b"], "data": {"source": "d.csv"}}
FILES = {"reference_predictions": "a.csv", "candidate_predictions": ["b.csv"]}


def _lines(content: dict[Any, Any], kind: type = Spec) -> list[str]:
    with pytest.raises(SpecError) as caught:
        read_part(kind, content, source="spec.yaml")
    first, *lines, last = str(caught.value).splitlines()
    assert first == "spec.yaml cannot be used:"
    assert last == "Mend these and run the command again."
    return [line.removeprefix("  - ") for line in lines]


def test_defaults() -> None:
    """What a spec leaves out has the documented default."""
    spec = read_part(Spec, MODELS, source="t")
    assert spec.explainers == ("lime", "shap")
    assert (spec.explain_limit, spec.control_texts, spec.bins, spec.resamples) == (100, 30, 10, 2000)
    assert (spec.lime.samples, spec.k.fraction, spec.scale, spec.mask) == (1000, 0.2, "probability", "delete")
    assert (spec.explained_class, spec.protocol, spec.seed) == ("reference-prediction", "corrected", 0)
    assert spec.limit is None
    assert not spec.from_predictions
    assert read_part(Spec, FILES, source="t").from_predictions


def test_class_is_an_alias() -> None:
    """The explained class is called `class` in files, and may be called by its full name."""
    for name in ("class", "explained_class"):
        assert read_part(Spec, {**MODELS, name: "gold"}, source="t").explained_class == "gold"


@pytest.mark.parametrize(
    "content, said",
    [
        ({"sed": 1}, "sed: there is no such field. Did you mean 'seed'"),
        ({"clas": "x"}, "clas: there is no such field. Did you mean 'class'"),
        (
            {"lime": {"sample": 10}},
            "lime.sample: there is no such field. Did you mean 'samples' or 'sampling'?",
        ),
        (
            {"data": {"source": "d", "txt_a": "x"}},
            "data.txt_a: there is no such field. Did you mean 'text_a'",
        ),
        ({"k": {"xxxx": 1}}, "k.xxxx: there is no such field. Known: 'fixed', 'fraction'."),
        ({"lime": {"samples": 21}}, "lime.samples is 21: input should be a multiple of 2, from 20 to 100000"),
        ({"lime": {"samples": 10}}, "lime.samples is 10: input should be greater than or equal to 20"),
        ({"k": {"fraction": 1.0}}, "k.fraction is 1.0: input should be less than 1"),
        ({"seed": -1}, "seed is -1: input should be greater than or equal to 0"),
        ({"limit": 0}, "limit is 0: input should be greater than or equal to 1"),
        ({"margins": {"brier": -0.01}}, "margins.brier is -0.01: input should be greater than 0"),
        ({"explainers": ["lime", "sharp"]}, "explainers.1 is 'sharp': input should be 'lime', 'shap',"),
        ({"candidates": "b"}, "candidates is 'b': a list is needed: [b]"),
        ({"data": "bundled:nli"}, "data is 'bundled:nli': fields are needed: source, text_a, text_b"),
        ({"lime": 5}, "lime is 5: fields are needed: samples"),
        ({"seed": [1]}, "seed is list: input should be a valid integer"),
    ],
)
def test_refusals(content: dict[str, Any], said: str) -> None:
    """Each refusal names the field, the value and what is allowed."""
    (line,) = _lines({**MODELS, **content})
    assert line.startswith(said)


def test_all_problems_are_listed() -> None:
    """One refusal lists everything that is wrong."""
    lines = _lines({**MODELS, "sed": 1, "bins": 1, "margins": {"brier": -1, "riks": 1}})
    assert {re.split("[ :]", line)[0] for line in lines} == {"bins", "margins.brier", "margins.riks", "sed"}


@pytest.mark.parametrize(
    "content, said",
    [
        ({}, "give a reference and a candidate, as models or as saved predictions"),
        ({**MODELS, **FILES}, "give models or saved predictions, not both"),
        (
            {"reference": "a", "data": {"source": "d"}},
            "models come as one reference and at least one candidate",
        ),
        ({"candidates": ["a"], "data": {"source": "d"}}, "models come as one reference and at least one"),
        (
            {"reference_predictions": "a"},
            "saved predictions come as one reference and at least one candidate",
        ),
        (
            {"candidate_predictions": ["a"]},
            "saved predictions come as one reference and at least one candidate",
        ),
        ({"reference": "a", "candidates": ["b"]}, "models need texts: give data"),
        ({**MODELS, "candidates": ["b", "b"]}, "candidates names something twice: b, b"),
        ({**MODELS, "explainers": ["lime", "lime"]}, "explainers names something twice"),
        ({**MODELS, "dimensions": ["cost", "cost"]}, "dimensions names something twice"),
        ({**FILES, "candidate_predictions": ["b", "b"]}, "candidate_predictions names something twice"),
    ],
)
def test_combinations(content: dict[str, Any], said: str) -> None:
    """Combinations that make no sense are refused in words."""
    (line,) = _lines(content)
    assert line.startswith(said)


def test_combinations_are_listed_together() -> None:
    """Several senseless combinations are named in one refusal."""
    (line,) = _lines({"reference": "a", "explainers": ["lime", "lime"]})
    assert line == (
        "models come as one reference and at least one candidate; models need texts: give data;"
        " explainers names something twice: lime, lime"
    )


def test_parts() -> None:
    """Margins and label maps are read alone, with the same care."""
    assert read_part(Margins, {"accuracy": 0.05}, source="m").accuracy == 0.05
    assert _lines({"accuracy": 0, "alignmnt": 0.5}, Margins) == [
        "accuracy is 0: input should be greater than 0",
        "alignmnt: there is no such field. Did you mean 'alignment' or 'alignment_beside_twin'?",
    ]
    assert read_part(LabelMap, {"data": {"0": "no"}}, source="l").data == {"0": "no"}
    assert _lines({"data": {"0": 1}}, LabelMap) == ["data.0 is 1: input should be a valid string"]


def test_names_that_are_no_text() -> None:
    """A YAML key that is no text is refused, not followed by a trace."""
    assert "keys should be strings" in _lines({**MODELS, 1: 2})[0].lower()
