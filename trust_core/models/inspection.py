"""From what the user wrote to a model's files and facts, policy checked, without building the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from trust_core.errors import ModelNotFound, ModelRefused, SpecError, nearest
from trust_core.models.checkpoint import Checkpoint, read_checkpoint
from trust_core.models.compress.recipe import Recipe
from trust_core.models.content_hash import hash_derived, hash_files
from trust_core.models.facts import ModelFacts
from trust_core.models.input_length import longest_input
from trust_core.models.names import HOW_TO_NAME, Bundled, Derived, Folder, HubId, bundled_models, parse_name
from trust_core.models.policy import Policy, check_checkpoint, check_place

Fetch = Callable[[HubId, int], tuple[Path, str]]
"""Fetches a hub model of at most that many bytes: its folder in the cache, and the commit."""


@dataclass(frozen=True, slots=True)
class InspectedModel:
    """A model that may be loaded.

    Attributes:
        facts: what its files say.
        checkpoint: its files; of a derived model, those of its base.
        recipe: how it is made from its base; None where it is loaded as it is.
    """

    facts: ModelFacts
    checkpoint: Checkpoint
    recipe: Recipe | None = None


def inspect_model(
    written: str,
    *,
    policy: Policy,
    base: InspectedModel | None = None,
    fetch: Fetch | None = None,
    bundled: Mapping[str, Path] | None = None,
) -> InspectedModel:
    """Find a model, hold it against the policy, hash it and read its label names.

    Args:
        written: what the user wrote.
        policy: what is allowed.
        base: the model that `ref:` and `control:` names are made from.
        fetch: how hub models are fetched; None takes `trust_core.models.hub.fetch_snapshot`.
        bundled: bundled models by name; None takes those of the repository.

    Raises:
        ModelNotFound: there is no such model.
        ModelRefused: the policy says no, or files cannot be read; with all reasons.
        HubError: the hub cannot be reached, or says no.
        SpecError: a name that cannot be read, or a derived model without a base that it could be made from.
    """
    known = bundled_models() if bundled is None else bundled
    try:
        return _find(written, policy, base, fetch, known)
    except OSError as error:
        name = Path(str(error.filename)).name if error.filename else "its folder"
        raise ModelRefused(
            written,
            [f"{name} cannot be read ({error.strerror or type(error).__name__})"],
            remedy="Check the path, and who may read the folder and the files in it.",
        ) from error


def _find(
    written: str,
    policy: Policy,
    base: InspectedModel | None,
    fetch: Fetch | None,
    known: Mapping[str, Path],
) -> InspectedModel:
    match parse_name(written, bundled=known):
        case Bundled(name):
            return _inspect(written, known[name], "bundled", "", policy)
        case Folder(path):
            folder = path.expanduser()
            check_place(written, folder, policy)
            if not folder.is_dir():
                raise ModelNotFound(_no_folder(written, folder, known), allowed=HOW_TO_NAME)
            return _inspect(written, folder, "folder", "", policy)
        case HubId() as hub_id:
            if fetch is None:
                from trust_core.models.hub import fetch_snapshot  # late: the hub's client is slow to import

                fetch = fetch_snapshot
            snapshot, commit = fetch(hub_id, policy.max_bytes)
            return _inspect(written, snapshot, "hub", commit, policy)
        case Derived(recipe):
            return _derive(written, recipe, base)


def _inspect(
    written: str, folder: Path, kind: Literal["bundled", "folder", "hub"], revision: str, policy: Policy
) -> InspectedModel:
    checkpoint = read_checkpoint(folder)
    check_checkpoint(written, checkpoint, policy, local=kind == "folder")
    facts = ModelFacts(
        written=written,
        kind=kind,
        content_hash=hash_files(checkpoint.read_files),
        revision=revision,
        architecture=checkpoint.architecture,
        labels=checkpoint.labels,
        weights=checkpoint.weights_format,
        stored_bytes=checkpoint.stored_bytes,
        max_length=longest_input(checkpoint.config, checkpoint.tokenizer_config),
        licence=checkpoint.licence,
    )
    return InspectedModel(facts, checkpoint)


def _derive(written: str, recipe: Recipe, base: InspectedModel | None) -> InspectedModel:
    if base is None:
        raise SpecError(
            f"{written!r} is made from the reference, so it cannot be the reference itself.",
            allowed="The reference is a bundled name, a folder or a hub id; this name is for candidates.",
        )
    check_base(written, base)
    facts = replace(
        base.facts,
        written=written,
        kind="derived",
        content_hash=hash_derived(base.facts.content_hash, recipe),
        recipe=recipe.text,
    )
    return InspectedModel(facts, base.checkpoint, recipe)


def check_base(made: str, base: InspectedModel) -> None:
    """Refuse a base that nothing can be made from.

    Args:
        made: the name, or the recipe, of what would be made.
        base: the model that it would be made from.

    Raises:
        SpecError: `base` is compressed already, or an ONNX graph.
    """
    if base.recipe is not None or base.checkpoint.recipe is not None:
        raise SpecError(
            f"{made!r} cannot be made from {base.facts.written!r}, which is compressed already.",
            remedy="Make it from the model that was compressed.",
        )
    if base.facts.weights == "onnx":
        raise SpecError(
            f"{made!r} cannot be made from {base.facts.written!r}, which is an ONNX graph.",
            allowed="Only models with safetensors weights can be compressed.",
        )


def _no_folder(written: str, folder: Path, known: Mapping[str, Path]) -> str:
    if folder.is_file():
        return f"{written!r} is a file; a model is the folder that holds config.json, weights and tokenizer."
    beside = (
        [entry.name for entry in folder.parent.iterdir() if entry.is_dir()] if folder.parent.is_dir() else []
    )
    return f"There is no folder {written!r}. {nearest(folder.name, beside or known)}"
