"""`compress`: write a compressed version of a model as a folder of its own."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path
from shlex import quote
from typing import Any

from trust_core.cli.exit_codes import DONE
from trust_core.cli.terminal import say
from trust_core.errors import UsageError, nearest
from trust_core.settings import settings_from
from trust_core.wiring.engine import compress

METHODS = {"int8": None, "prune": "fraction", "low-rank": "fraction", "layers": "layers"}
"""Method -> the option that it takes."""


def add_command(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = subparsers.add_parser(
        "compress",
        help="write a compressed version of a model",
        description="Make a candidate: int8 arithmetic, weights of small magnitude set to 0, layers of low "
        "rank, or fewer layers. Deterministic; the folder can be used as --candidate.",
    )
    parser.add_argument("--model", metavar="M", required=True, help="bundled name, folder or hub id")
    parser.add_argument("--method", metavar="METHOD", required=True, help="one of " + ", ".join(METHODS))
    parser.add_argument(
        "--fraction", type=float, metavar="X", help="prune: share set to 0; low-rank: rank kept"
    )
    parser.add_argument("--layers", metavar="I,J,...", help="layers: numbers of the layers that stay, from 0")
    parser.add_argument("--out", metavar="DIR", required=True, help="new folder of the model")
    parser.set_defaults(command=_run)


def _run(options: Namespace) -> int:
    recipe = _recipe(options)
    out = Path(options.out)
    taken = compress(options.model, recipe, out, settings=settings_from(os.environ))
    size = f"{taken / 1e6:.1f} MB in memory"
    if options.method == "prune":
        size += ", as the original: the zeros are stored"
    say([f"Wrote {out}: {size}. Use it as --candidate {quote(str(out))}"])
    return DONE


def _recipe(options: Namespace) -> str:
    method = options.method
    if method not in METHODS:
        raise UsageError(f"There is no method {method!r}.", allowed=nearest(method, METHODS))
    wanted = METHODS[method]
    for name in ("fraction", "layers"):
        given = getattr(options, name) is not None
        if given and name != wanted:
            raise UsageError(f"--{name} does not go with --method {method}.")
        if not given and name == wanted:
            raise UsageError(f"--method {method} needs --{name}.")
    return method if wanted is None else f"{method}={getattr(options, wanted)}"
