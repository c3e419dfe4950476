"""The command line that does a run again."""

from __future__ import annotations

import shlex
from typing import Any

from trust_core.domain.spec import Spec

_FLAGS = {
    "reference": "--reference",
    "reference_predictions": "--reference-predictions",
    "limit": "--limit",
    "explain_limit": "--explain-limit",
    "protocol": "--protocol",
    "seed": "--seed",
    "device": "--device",
}
_LISTS = {"candidates": "--candidate", "candidate_predictions": "--candidate-predictions"}
_DATA = {"source": "--data", "text_a": "--text-a", "text_b": "--text-b", "label": "--label", "id": "--id"}


def reproducing_command(spec: Spec) -> str:
    """`python -m trust_core evaluate ...` with a flag for every field that is not at its default."""
    words = ["python", "-m", "trust_core", "evaluate"]
    given = spec.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for name, value in given.items():
        if name in _FLAGS:
            words += [_FLAGS[name], str(value)]
        elif name in _LISTS:
            for entry in value:
                words += [_LISTS[name], str(entry)]
        elif name == "data":
            for part, entry in value.items():
                words += [_DATA[part], entry] if part in _DATA else ["--set", f"data.{part}={entry}"]
        elif name == "explainers":
            words += ["--explainers", ",".join(value)]
        elif name == "no_texts":
            words.append("--no-texts")
        else:
            for path, entry in _leaves(name, value):
                words += ["--set", f"{path}={entry}"]
    return shlex.join([*words, "--out", "DIR"])


def _leaves(path: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [leaf for name, inner in value.items() for leaf in _leaves(f"{path}.{name}", inner)]
    if isinstance(value, list):
        return [(path, "[" + ", ".join(map(str, value)) + "]")]
    return [(path, str(value))]
