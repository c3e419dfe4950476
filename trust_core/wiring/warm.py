"""The composition root of the warm process, which answers what-if edits."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from trust_core.datasets.limits import MAX_CHARACTERS
from trust_core.domain.spec import Spec
from trust_core.domain.spec_reading import read_part
from trust_core.domain.texts import TextPair
from trust_core.errors import DataError, RunError, Unavailable
from trust_core.jobs.edits import Answers, Edited, answers_to_wire, edited_to_wire
from trust_core.jobs.process import end_with_parent
from trust_core.jobs.warm_server import Kind, WarmServer
from trust_core.models.names import Folder, bundled_models, parse_name
from trust_core.perturb.words import segment
from trust_core.pipeline.live import LiveModels, LivePair, Origin
from trust_core.pipeline.preflight import preflight
from trust_core.settings import Settings
from trust_core.store.folder import directory_of_run, load_report, results_folder
from trust_core.store.rates import known_rate
from trust_core.store.registry import Registry
from trust_core.wiring.permission import web_limits, web_policy

MOST_TEXTS = 2000
"""Texts of one question."""

MOST_SAMPLES = 5000
"""Perturbed texts of one explanation."""

Request = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Run:
    """What the warm process needs to know of a run."""

    spec: Spec
    origin: Origin


def serve_warm(number: int, settings: Settings) -> None:
    """Answer what comes in at an inherited socket until nobody asks any more.

    Args:
        number: of the open file.
        settings: of the machine.
    """
    end_with_parent(os.environ)
    edits = threading.Lock()
    run = _Runs(settings)
    models = LiveModels()

    def of_pair(answer: Callable[[LivePair, Request], Request], request: Request) -> Request:
        return answer(run.pair(models, request), request)

    kinds = {
        name: Kind(partial(of_pair, answer), edits)
        for name, answer in (("explain", _explain), ("predict", _predict), ("pieces", _pieces))
    }
    kinds["check"] = Kind(partial(_check, settings), threading.Lock())
    WarmServer(settings.home, socket.socket(fileno=number), kinds).serve()


class _Runs:
    """Runs by folder, read again when their report has changed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known: dict[tuple[str, int], _Run] = {}

    def pair(self, models: LiveModels, request: Request) -> LivePair:
        """The models that a request speaks of."""
        run = self._run(Path(str(request["folder"])))
        candidate = str(request["candidate"])
        if run.spec.from_predictions:
            raise Unavailable(
                "This run was made from saved predictions: there is no model to ask.",
                remedy="Evaluate the models themselves to edit texts.",
            )
        if candidate not in run.spec.candidates:
            raise RunError(f"The run has no candidate {candidate!r}.", allowed=", ".join(run.spec.candidates))
        return models.pair(run.spec, candidate, run.origin)

    def _run(self, folder: Path) -> _Run:
        found = results_folder(folder)
        if found is None:
            raise Unavailable("The run has no results yet.", remedy="Wait until its predictions are done.")
        report = found[0] / "report.json"
        key = (str(report), report.stat().st_mtime_ns)
        if key not in self._known:
            self._known.clear()
            self._known[key] = self._read(folder, found[0])
        return self._known[key]

    def _read(self, folder: Path, results: Path) -> _Run:
        report = load_report(results)
        spec = read_part(Spec, report.spec, source="The spec of this run")
        policy = web_policy(self._settings)
        find: Callable[[str], str] = str
        if self._typed(folder):
            policy = replace(policy, origin="typed", roots=self._settings.model_roots)
            with suppress(RunError):
                if (directory := directory_of_run(folder)) is not None:
                    find = partial(_from_directory, directory)
        return _Run(spec, Origin(report.resolved.data.classes, report.resolved.models, policy, find))

    def _typed(self, folder: Path) -> bool:
        """Whether somebody began the run at this machine's command line: those of the app lie in the home."""
        if folder.is_relative_to(self._settings.home.resolve()):
            return False
        return any(run.path == folder for run in Registry(self._settings.home).runs())


def _from_directory(directory: Path, name: str) -> str:
    """A model's name, made absolute where it is a folder as seen from where the run was begun."""
    bundled = bundled_models()
    if name in bundled:
        return name
    if (directory / name).is_dir():
        return str(directory / name)
    source = parse_name(name, bundled=bundled)
    return str(directory / source.path.expanduser()) if isinstance(source, Folder) else name


def _check(settings: Settings, request: Request) -> Request:
    spec = read_part(Spec, request["spec"], source="The evaluation")
    owner = str(request["owner"])
    found = preflight(
        spec,
        limits=web_limits(settings, owner),
        policy=web_policy(settings),
        rate_on=partial(known_rate, settings.home),
    )
    return found.model_dump(mode="json")


def _explain(models: LivePair, request: Request) -> Request:
    pair = _pair(request["pair"])
    samples = min(int(request["samples"]), MOST_SAMPLES)
    text = segment("edited", pair)
    first, second = models.probabilities([pair])
    edited = Edited(
        text=text,
        classes=models.classes,
        models=models.names,
        probabilities=(first[0], second[0]),
        explanations=models.explanations(
            text, [str(name) for name in request["explainers"]], samples=samples
        ),
    )
    return edited_to_wire(edited)


def _predict(models: LivePair, request: Request) -> Request:
    pairs = [_pair(given) for given in request["pairs"]]
    if len(pairs) > MOST_TEXTS:
        raise DataError(f"{len(pairs):,} texts are too many at once.", allowed=f"At most {MOST_TEXTS:,}.")
    return answers_to_wire(Answers(models.classes, models.probabilities(pairs)))


def _pieces(models: LivePair, request: Request) -> Request:
    return {"pieces": [list(map(list, pieces)) for pieces in models.pieces(_pair(request["pair"]))]}


def _pair(given: Any) -> TextPair:
    first, second = given
    for text in (first, second or ""):
        if not isinstance(text, str) or len(text) > MAX_CHARACTERS:
            raise DataError("The text is too long.", allowed=f"At most {MAX_CHARACTERS:,} characters.")
    return first, second
