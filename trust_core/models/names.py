"""What the user wrote to name a model, taken apart: bundled, folder, hub id, or made from the reference."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from trust_core.errors import ModelNotFound, SpecError, nearest
from trust_core.models.compress.recipe import CONTROL_METHODS, Recipe, parse_recipe

BUNDLED_FOLDER = Path(__file__).resolve().parents[2] / "assets" / "demo" / "models"
"""Where the bundled models lie in the repository."""

_HUB_ID = re.compile(
    r"(?P<id>[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95})(?:@(?P<revision>[\w./-]{1,120}))?", re.ASCII
)
_BARE_HUB_ID = re.compile(
    r"(?P<id>[A-Za-z0-9][\w.-]{0,95}(?:/[A-Za-z0-9][\w.-]{0,95})?)(?:@(?P<revision>[\w./-]{1,120}))?",
    re.ASCII,
)
_EXPLICIT_PATH = re.compile(r"(?:[.~]|\.\.)?/|[.~]$|\.\.$")

HOW_TO_NAME = (
    "A model is a bundled name, a folder (./my-model), a hub id (owner/name or owner/name@revision; hub:NAME "
    "for one without an owner), or made from the reference (ref:int8, ref:prune=0.5, ref:low-rank=0.5, "
    "ref:layers=0,2,4)."
)


@dataclass(frozen=True, slots=True)
class Bundled:
    """A model that comes with the product."""

    name: str


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of this machine, as written: it may be missing, relative, or start with `~`."""

    path: Path


@dataclass(frozen=True, slots=True)
class HubId:
    """A model of the hub; `revision` is a branch, a tag or a commit, None for the main branch."""

    id: str
    revision: str | None


@dataclass(frozen=True, slots=True)
class Derived:
    """A model that is made from another one when it is loaded."""

    recipe: Recipe


Source = Bundled | Folder | HubId | Derived


def bundled_models(folder: Path = BUNDLED_FOLDER) -> Mapping[str, Path]:
    """The bundled models by name, with their folders."""
    if not folder.is_dir():
        return {}
    return {entry.name: entry for entry in sorted(folder.iterdir()) if (entry / "config.json").is_file()}


def parse_name(written: str, *, bundled: Collection[str]) -> Source:
    """What `written` names. Looks at the disk only to see whether a folder of that name exists.

    A bundled name comes before a folder of the same name (write `./name` for the folder); an existing
    folder comes before a hub id of the same form (write `hub:owner/name` for the hub).

    Args:
        written: what the user wrote.
        bundled: the names of the bundled models.

    Raises:
        ModelNotFound: a bare name that is neither bundled nor a folder.
        SpecError: a recipe or hub id that cannot be read.
    """
    if not written.strip() or "\0" in written or "\n" in written:
        raise SpecError(f"{written!r} names no model.", allowed=HOW_TO_NAME)
    prefix, colon, rest = written.partition(":")
    if colon:
        match prefix:
            case "bundled":
                return _bundled(rest, bundled)
            case "hub":
                return _hub_id(rest)
            case "ref" | "control":
                return _derived(prefix, rest)
    if written in bundled:
        return Bundled(written)
    path = Path(written)
    if _EXPLICIT_PATH.match(written) or path.is_dir():
        return Folder(path)
    if found := _HUB_ID.fullmatch(written):
        return HubId(found["id"], found["revision"])
    if "/" in written:
        return Folder(path)
    raise ModelNotFound(
        f"There is no bundled model and no folder called {written!r}. {nearest(written, bundled)}",
        allowed=HOW_TO_NAME,
        remedy=f"If {written!r} is a hub model without an owner, write hub:{written}.",
    )


def _bundled(name: str, bundled: Collection[str]) -> Bundled:
    if name not in bundled:
        raise ModelNotFound(
            f"There is no bundled model {name!r}. {nearest(name, bundled)}", allowed=HOW_TO_NAME
        )
    return Bundled(name)


def _hub_id(written: str) -> HubId:
    found = _BARE_HUB_ID.fullmatch(written)
    if not found:
        raise SpecError(
            f"hub:{written} is no hub id.", allowed="Write hub:owner/name, with @revision where it matters."
        )
    return HubId(found["id"], found["revision"])


def _derived(prefix: str, written: str) -> Derived:
    recipe = parse_recipe(written)
    if (prefix == "control") != (recipe.method in CONTROL_METHODS):
        right = "control" if recipe.method in CONTROL_METHODS else "ref"
        raise SpecError(f"{prefix}:{written} does not exist.", allowed=f"Write {right}:{written}.")
    return Derived(recipe)
