"""The command line that does a run again."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

from trust_core.domain.spec import Spec
from trust_core.domain.uploads import called

FROM_TWIN = "from-twin"
"""What `--margins` takes in place of a file."""

_FLAGS = {
    "reference": "--reference",
    "reference_predictions": "--reference-predictions",
    "twin": "--twin",
    "twin_predictions": "--twin-predictions",
    "limit": "--limit",
    "explain_limit": "--explain-limit",
    "protocol": "--protocol",
    "seed": "--seed",
    "device": "--device",
    "backend": "--backend",
    "precision": "--precision",
}
_SWITCHES = {"no_texts": "--no-texts", "stop_when_settled": "--stop-when-settled"}
_JOINED = {"explainers": "--explainers", "slices": "--slices"}
_LISTS = {"candidates": "--candidate", "candidate_predictions": "--candidate-predictions"}
_DATA = {"source": "--data", "text_a": "--text-a", "text_b": "--text-b", "label": "--label", "id": "--id"}
_OF_FIELDS = frozenset({"lime", "shap", "k", "margins", "label_map"})
"""Parts whose fields are set one by one."""

_PLAIN_TEXT = re.compile(r"(?!(?:true|false|null|yes|no|on|off|y|n|nan|inf)$)[a-z][a-z_-]+", re.IGNORECASE)
"""Text that reads back as itself without quotes."""


def reproducing_command(spec: Spec) -> str:
    """`python -m trust_core evaluate ...` with a flag for every field that is not at its default.

    An upload is called by its own name: the command is for a machine that has the file.
    """
    words: list[str] = []
    given = spec.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for name, value in given.items():
        if name in _FLAGS:
            words += _flag(_FLAGS[name], called(str(value)))
        elif name in _LISTS:
            for entry in value:
                words += _flag(_LISTS[name], called(entry))
        elif name == "data":
            for part, entry in value.items():
                words += (
                    _flag(_DATA[part], called(str(entry)))
                    if part in _DATA
                    else _assignment(f"data.{part}", entry)
                )
        elif name in _JOINED and not any("," in entry for entry in value):
            words += _flag(_JOINED[name], ",".join(value))
        elif name == "margins_from_twin":
            words += _flag("--margins", FROM_TWIN)
        elif name in _SWITCHES:
            words.append(_SWITCHES[name])
        elif name in _OF_FIELDS:
            for part, entry in value.items():
                words += _assignment(f"{name}.{part}", entry)
        else:
            words += _assignment(name, value)
    return shlex.join(["python", "-m", "trust_core", "evaluate", *words, "--out", "DIR"])


def _flag(flag: str, value: Any) -> list[str]:
    """A flag and its value; in one word where the value would be read as a flag itself."""
    text = str(value)
    return [f"{flag}={text}"] if text.startswith("-") else [flag, text]


def _assignment(path: str, value: Any) -> list[str]:
    """`--set`, the value as JSON, so that text such as "1" or "yes" stays text."""
    text = value if isinstance(value, str) and _PLAIN_TEXT.fullmatch(value) else json.dumps(value)
    return ["--set", f"{path}={text}"]
