"""From the flags of `evaluate` to a spec: file first, then flags, then --set."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import Any

import yaml

from trust_core.domain.spec import LabelMap, Margins, Spec
from trust_core.domain.spec_reading import read_part
from trust_core.errors import UsageError
from trust_core.pipeline.command import FROM_TWIN

MAX_BYTES = 1_000_000
"""Largest spec, margins or label-map file."""

_PLAIN = {
    "reference": "reference",
    "reference_predictions": "reference_predictions",
    "twin": "twin",
    "twin_predictions": "twin_predictions",
    "limit": "limit",
    "explain_limit": "explain_limit",
    "protocol": "protocol",
    "seed": "seed",
    "device": "device",
    "backend": "backend",
    "precision": "precision",
    "data": "data.source",
    "text_a": "data.text_a",
    "text_b": "data.text_b",
    "label": "data.label",
    "id": "data.id",
}
"""Flag -> path in the spec."""


def add_spec_options(parser: ArgumentParser) -> None:
    """Give a parser every flag that has a field in the spec."""
    models = parser.add_argument_group("models")
    models.add_argument(
        "--reference", metavar="M", help="bundled name, folder, or hub id (owner/name@revision)"
    )
    models.add_argument(
        "--candidate",
        metavar="M",
        action="append",
        help="likewise, or ref:int8, ref:prune=0.5, ref:low-rank=0.5, ref:layers=0,2,4; may be repeated",
    )
    models.add_argument(
        "--reference-predictions", metavar="F", help="file of saved predictions instead of a model"
    )
    models.add_argument(
        "--candidate-predictions", metavar="F", action="append", help="likewise; may be repeated"
    )
    models.add_argument(
        "--twin",
        metavar="M",
        help='the reference trained again with another seed, for control C3 ("none": no control C3)',
    )
    models.add_argument("--twin-predictions", metavar="F", help="likewise, as a file of saved predictions")
    data = parser.add_argument_group("data")
    data.add_argument("--data", metavar="D", help="bundled:nli, bundled:pi, a file, or hub:OWNER/NAME")
    data.add_argument("--text-a", metavar="C", help="column of the first texts")
    data.add_argument("--text-b", metavar="C", help='column of the second texts ("none": single texts)')
    data.add_argument("--label", metavar="C", help='column of the gold labels ("none": there are none)')
    data.add_argument("--id", metavar="C", help="column of the ids")
    data.add_argument("--label-map", metavar="FILE", help="{data|reference|candidate: {given: canonical}}")
    data.add_argument("--limit", type=int, metavar="N", help="predict a stratified sample of N texts")
    how = parser.add_argument_group("evaluation")
    how.add_argument("--spec", metavar="FILE", help="YAML or JSON; flags win over it")
    how.add_argument("--explainers", metavar="LIST", help="lime, shap, lime,shap (default); ig beside them")
    how.add_argument(
        "--explain-limit", type=_count, metavar="N", help='explain N of the texts, or "all" (default 100)'
    )
    how.add_argument(
        "--stop-when-settled",
        action="store_true",
        help="explain no more texts than it takes to settle the reasons",
    )
    how.add_argument("--protocol", metavar="P", help="corrected (default), published-nli or published-pi")
    how.add_argument("--seed", type=int, metavar="S", help="everything random follows from it (default 0)")
    how.add_argument(
        "--margins",
        metavar="FILE",
        help="equivalence margins, YAML or JSON; from-twin: no smaller than what retraining does",
    )
    how.add_argument(
        "--slices",
        metavar="LIST",
        help="parts with figures of their own: auto (default), none, or some of label, answer, length, "
        "overlap, negation, numbers, column:NAME, text:WORDS",
    )
    how.add_argument("--device", metavar="DEV", help="auto (default), cpu or cuda")
    how.add_argument(
        "--backend", metavar="B", help="auto (default), torch or openvino: what computes on the CPU"
    )
    how.add_argument(
        "--precision", metavar="P", help="fp32 (default), bf16 or fp16, with its deviation reported"
    )
    how.add_argument(
        "--set", metavar="PATH=VALUE", action="append", help="any field, such as lime.samples=500"
    )
    how.add_argument("--no-texts", action="store_true", help="leave texts and words out of every file")


def spec_from_options(options: Namespace) -> Spec:
    """The spec that the flags describe.

    Raises:
        SpecError: the result is not a valid spec.
        UsageError: a file cannot be read, or a flag makes no sense.
    """
    return _read(_content(options), options)


def _read(content: dict[str, Any], options: Namespace) -> Spec:
    return read_part(Spec, content, source=options.spec or "The command line")


def _content(options: Namespace) -> dict[str, Any]:
    """What the file, the flags and `--set` say, the later over the earlier."""
    content: dict[str, Any] = mapping_from_file(options.spec) if options.spec else {}
    for flag, path in _PLAIN.items():
        value = getattr(options, flag)
        if value is not None:
            _place(content, path, value)
    if options.candidate:
        content["candidates"] = options.candidate
    if options.candidate_predictions:
        content["candidate_predictions"] = options.candidate_predictions
    for name in ("explainers", "slices"):
        if getattr(options, name) is not None:
            content[name] = [part.strip() for part in getattr(options, name).split(",") if part.strip()]
    if options.margins == FROM_TWIN:
        content["margins_from_twin"] = True
    elif options.margins:
        margins = read_part(Margins, mapping_from_file(options.margins), source=options.margins)
        content["margins"] = margins.model_dump()
    if options.label_map:
        content["label_map"] = label_map_from_file(options.label_map).model_dump()
    for switch in ("no_texts", "stop_when_settled"):
        if getattr(options, switch):
            content[switch] = True
    for path, value in assignments(options):
        _place(content, path, value)
    return content


def planned_spec(options: Namespace) -> Spec:
    """The spec that the flags describe, with stand-ins for the models and texts that they do not name.

    Raises:
        SpecError: the rest is not a valid spec.
        UsageError: a file cannot be read, or a flag makes no sense.
    """
    content = _content(options)
    by_file = content.get("reference_predictions") or content.get("candidate_predictions")
    kind = "_predictions" if by_file else ""
    stand_ins: dict[str, Any] = {f"reference{kind}": "(reference)"}
    stand_ins["candidate_predictions" if by_file else "candidates"] = ["(candidate)"]
    if content.get("margins_from_twin"):
        stand_ins[f"twin{kind}"] = "(twin)"
    content |= {name: value for name, value in stand_ins.items() if not content.get(name)}
    texts = content.get("data") or {}
    if not by_file and isinstance(texts, dict):
        content["data"] = {"source": "(texts)", **texts}
    return _read(content, options)


def _count(text: str) -> int | str:
    """A number, or `all`; argparse refuses anything else with what is allowed."""
    if text == "all":
        return text
    try:
        return int(text)
    except ValueError:
        raise ArgumentTypeError(f'{text!r} is neither a number nor "all"') from None


def assignments(options: Namespace) -> list[tuple[str, Any]]:
    """Paths in the spec and the values that `--set` gives them.

    Raises:
        UsageError: one is no assignment.
    """
    found = []
    for assignment in options.set or ():
        path, equals, text = assignment.partition("=")
        if not equals or not path:
            raise UsageError(
                f"--set {assignment!r} is no assignment.", allowed="Write --set lime.samples=500."
            )
        found.append((path, _value(text)))
    return found


def label_map_from_file(name: str) -> LabelMap:
    """The label map in a file.

    Raises:
        SpecError: a section that there is not.
        UsageError: the file cannot be read.
    """
    return read_part(LabelMap, mapping_from_file(name), source=name)


def mapping_from_file(name: str) -> dict[str, Any]:
    """The mapping in a YAML or JSON file.

    Raises:
        UsageError: the file is missing, unreadable, or holds something else.
    """
    try:
        file = Path(name).expanduser()
        if file.stat().st_size > MAX_BYTES:
            raise UsageError(f"{name} has {file.stat().st_size:,} bytes.", allowed=f"At most {MAX_BYTES:,}.")
        text = file.read_text(encoding="utf-8-sig")
        content = json.loads(text) if name.endswith(".json") else yaml.safe_load(text)
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}.", remedy="Check the path.") from error
    except (ValueError, RuntimeError, yaml.YAMLError) as error:
        # A RecursionError is a RuntimeError: brackets without end are no valid file either.
        raise UsageError(f"{name} is not valid YAML or JSON: {error}") from error
    if not isinstance(content, dict):
        raise UsageError(f"{name} holds no mapping.", allowed="It must hold lines such as `seed: 0`.")
    return content


def _place(content: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for parent in parents:
        if content.get(parent) is None:
            content[parent] = {}
        inner = content[parent]
        if not isinstance(inner, dict):
            raise UsageError(
                f"{path} cannot be set: {parent} is {inner!r}.",
                allowed=f"{parent} must hold fields of its own.",
            )
        content = inner
    content[last] = value


def _value(text: str) -> Any:
    """A value as JSON, which keeps 1e-05 a number and "1" a text, else as YAML, else as it stands."""
    for read in (json.loads, yaml.safe_load):
        try:
            return read(text)
        except (ValueError, RecursionError, yaml.YAMLError):
            continue
    return text
