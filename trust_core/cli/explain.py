"""`explain`: one text, both models, side by side in the terminal."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from typing import Any

from trust_core.cli.exit_codes import DONE
from trust_core.cli.spec_options import label_map_from_file
from trust_core.cli.terminal import complain, say
from trust_core.errors import UsageError, nearest
from trust_core.explain.library_check import LibraryCheck
from trust_core.export.terminal import ExplainedSide, explanation_lines
from trust_core.settings import settings_from
from trust_core.wiring.engine import explain

EXPLAINERS = ("lime", "shap")


def add_command(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = subparsers.add_parser(
        "explain",
        help="explain one text by two models, side by side",
        description="Explain the answer of the reference to one text, by both models.",
    )
    parser.add_argument("--reference", metavar="M", required=True, help="bundled name, folder or hub id")
    parser.add_argument("--candidate", metavar="M", required=True, help="likewise, or ref:...")
    parser.add_argument("--text-a", metavar="TEXT", required=True, help="the first, or only, text")
    parser.add_argument("--text-b", metavar="TEXT", help="the second text of a pair")
    parser.add_argument("--explainer", metavar="lime|shap", default="lime", help="default: lime")
    parser.add_argument("--seed", type=int, metavar="S", default=0, help="of what is drawn (default 0)")
    parser.add_argument(
        "--check",
        action="store_true",
        help="hold it against the lime or shap package on the same model (slow)",
    )
    parser.add_argument("--label-map", metavar="FILE", help="{reference|candidate: {given: canonical}}")
    parser.set_defaults(command=_run)


def _run(options: Namespace) -> int:
    if options.explainer not in EXPLAINERS:
        raise UsageError(
            f"There is no explainer {options.explainer!r}.", allowed=nearest(options.explainer, EXPLAINERS)
        )
    complain(
        f"Explaining one text by {options.explainer.upper()} with 2 models: "
        "this takes longer the larger they are, and longer still with a hub model that is not here yet."
    )
    found = explain(
        (options.text_a, options.text_b),
        reference=options.reference,
        candidate=options.candidate,
        explainer=options.explainer,
        seed=options.seed,
        settings=settings_from(os.environ),
        label_map=label_map_from_file(options.label_map) if options.label_map else None,
        check=options.check,
    )
    sides = [
        ExplainedSide(name, probabilities, explanation.whole)
        for name, probabilities, explanation in zip(
            found.models, found.probabilities, found.explanations, strict=True
        )
    ]
    say(
        explanation_lines(
            found.text, sides[0], sides[1], classes=found.classes, class_index=found.explained_class
        )
    )
    if found.checks:
        say(["", *map(_check_line, found.models, found.checks, [found.explained_class] * len(found.checks))])
    return DONE


def _check_line(model: str, check: LibraryCheck, of_class: int) -> str:
    order = (
        "the same top words in the same order" if check.same_order(of_class) else "another order of top words"
    )
    return (
        f"{model}: held against {check.library} on what it drew, no weight differs by more than "
        f"{check.largest_difference:.1e}; {order}."
    )
