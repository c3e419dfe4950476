"""Write a compressed model as a folder that this product and transformers can load.

Pruned and shortened models are plain checkpoints. A low-rank model is stored with dense matrices of that
rank, an int8 model with the weights that are to be quantised, so that any library reads them;
`trusteq_compression` in the config tells our loader to factor or quantise, which gives the same model
(a low-rank one to rounding). Their files are therefore as large as the original's; the card says what
they take in memory.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from safetensors import SafetensorError

from trust_core.errors import ModelError, RunConflict
from trust_core.models.checkpoint import COMPRESSION_KEY, TOKENIZER_FILES
from trust_core.models.compress.low_rank import multiply_factors
from trust_core.models.compress.making import make_model
from trust_core.models.compress.recipe import Recipe
from trust_core.models.facts import Footprint
from trust_core.models.footprint import measure_footprint
from trust_core.models.full_memory import memory_for
from trust_core.models.inspection import InspectedModel, check_base
from trust_core.models.loader import build_module
from trust_core.models.pretrained import quiet_transformers

_NOTES = {
    "int8": "The files hold the weights before they are quantised, so they are as large as the original's. ",
    "low-rank": "The files hold dense matrices of that rank, so they are as large as the original's. ",
}
"""What the card says of the methods that loading applies again."""


def save_compressed(base: InspectedModel, recipe: Recipe, out: Path) -> Footprint:
    """Make a model from `base` and write it, its tokenizer and a model card to the folder `out`.

    The folder appears whole or not at all, whatever interrupts the making.

    Returns:
        What the compressed model takes in memory once it is loaded here.

    Raises:
        RunConflict: `out` exists and is not empty.
        DeviceFull: the model does not fit into memory.
        SpecError: the recipe cannot be applied to a model of this kind, or to one that is compressed already.
        ModelError: `out` cannot be written.
    """
    check_base(recipe.text, base)
    with _folder_for(out) as partial:
        with quiet_transformers(), memory_for(f"The model {base.facts.written!r}", device="cpu"):
            original = build_module(base)
            compressed = make_model(original, recipe)
            before, after = measure_footprint(original, "cpu"), measure_footprint(compressed, "cpu")
            match recipe.method:
                case "int8":
                    stored = original
                case "low-rank":
                    stored = multiply_factors(compressed)
                case _:
                    stored = compressed
            if recipe.method in _NOTES:
                setattr(stored.config, COMPRESSION_KEY, recipe.text)
            with _writing(out):
                stored.save_pretrained(partial)
                # safetensors writes for the owner alone; a model is as readable as the files beside it.
                mode = (partial / "config.json").stat().st_mode
                for path in partial.glob("*.safetensors"):
                    path.chmod(mode)
        with _writing(out):
            for name in TOKENIZER_FILES:
                if (base.checkpoint.folder / name).is_file():
                    shutil.copyfile(base.checkpoint.folder / name, partial / name)
            (partial / "README.md").write_text(_card(base, recipe, before, after), encoding="utf-8")
    return after


@contextlib.contextmanager
def _folder_for(out: Path) -> Iterator[Path]:
    """A hidden folder on the same disk to write into; it becomes `out` at the end, or vanishes."""
    with _writing(out):
        there = out.exists()
        if there and (not out.is_dir() or any(out.iterdir())):
            raise RunConflict(f"{str(out)!r} is no empty folder.", remedy="Name a new folder for --out.")
        partial = (out if there else out.parent) / f".{out.name}-{uuid4().hex[:12]}"
        partial.mkdir(parents=True)
    try:
        yield partial
        with _writing(out):
            if there:
                # An empty folder may be a mount or somebody's current folder, so it stays what it is.
                # The config comes last: without it a folder is no model.
                for path in sorted(partial.iterdir(), key=lambda path: path.name == "config.json"):
                    path.rename(out / path.name)
            else:
                partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@contextlib.contextmanager
def _writing(out: Path) -> Iterator[None]:
    """Tell what the system says against writing `out`."""
    try:
        yield
    except (OSError, SafetensorError) as error:
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise ModelError(
            f"{str(out)!r} cannot be written: {why}.",
            remedy="Name another folder for --out, or free space on its disk.",
        ) from error


def _card(base: InspectedModel, recipe: Recipe, before: Footprint, after: Footprint) -> str:
    facts = base.facts
    front = [
        "---",
        *([f"license: {facts.licence}"] if facts.licence else []),
        "pipeline_tag: text-classification",
        "---",
    ]
    note = ""
    if recipe.method in _NOTES:
        note = (
            f"\n{_NOTES[recipe.method]}TrustEq applies `{recipe.text}` when it loads this folder "
            f"(`{COMPRESSION_KEY}` in config.json); other libraries take the weights as they are stored.\n"
        )
    if recipe.method == "prune":
        note = "\nThe zeros are stored: the model is no smaller, and without sparse kernels no faster.\n"
    source = Path(facts.written).name if facts.kind == "folder" else facts.written
    revision = f" (revision `{facts.revision}`)" if facts.revision else ""
    return "\n".join(front) + (
        f"\n\n# {source}, {recipe.text}\n\n"
        f"Made by TrustEq from `{source}`{revision} with `{recipe.text}`, without further training.\n\n"
        "| | original | this model |\n|---|---|---|\n"
        f"| parameters | {before.parameters:,} | {after.parameters:,} |\n"
        f"| of them not 0 | {before.nonzero_parameters:,} | {after.nonzero_parameters:,} |\n"
        f"| memory, MB | {before.memory_bytes / 1e6:.1f} | {after.memory_bytes / 1e6:.1f} |\n"
        f"| arithmetic | {before.dtype} | {after.dtype} |\n"
        f"{note}\n"
        f"Classes, in the order of the outputs: {', '.join(facts.labels)}.\n\n"
        f"Content hash of the original: `{facts.content_hash}`.\n"
    )
