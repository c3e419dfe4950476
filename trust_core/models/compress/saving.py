"""Write a compressed model as a folder that this product and transformers can load.

Pruned and shortened models are plain checkpoints. A low-rank or int8 model is stored with dense matrices
that hold the compressed values, so that any library reads it; `trusteq_compression` in its config tells
our loader to factor or quantise again, which gives the same model, since both are deterministic. Its
files are therefore as large as the original's; the card says what it takes in memory.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from trust_core.errors import RunConflict
from trust_core.models.checkpoint import COMPRESSION_KEY, TOKENIZER_FILES
from trust_core.models.compress.int8 import dequantise_layers
from trust_core.models.compress.low_rank import multiply_factors
from trust_core.models.compress.making import make_model
from trust_core.models.compress.recipe import Recipe
from trust_core.models.facts import Footprint
from trust_core.models.footprint import measure_footprint
from trust_core.models.inspection import InspectedModel
from trust_core.models.loader import build_module
from trust_core.models.pretrained import quiet_transformers

_REAPPLIED = frozenset({"int8", "low-rank"})


def save_compressed(base: InspectedModel, recipe: Recipe, out: Path) -> Footprint:
    """Make a model from `base` and write it, its tokenizer and a model card to the folder `out`.

    Returns:
        What the compressed model takes in memory once it is loaded here.

    Raises:
        RunConflict: `out` exists and is not empty.
        SpecError: the recipe cannot be applied to a model of this kind.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise RunConflict(
            f"{str(out)!r} exists and is not an empty folder.", remedy="Name a new folder for --out."
        )
    with quiet_transformers():
        original = build_module(base)
        compressed = make_model(original, recipe)
        before, after = measure_footprint(original, "cpu"), measure_footprint(compressed, "cpu")
        if recipe.method == "int8":
            compressed = dequantise_layers(compressed)
        if recipe.method == "low-rank":
            compressed = multiply_factors(compressed)
        if recipe.method in _REAPPLIED:
            setattr(compressed.config, COMPRESSION_KEY, recipe.text)
        compressed.save_pretrained(out)
    for name in TOKENIZER_FILES:
        if (base.checkpoint.folder / name).is_file():
            shutil.copyfile(base.checkpoint.folder / name, out / name)
    (out / "README.md").write_text(_card(base, recipe, before, after), encoding="utf-8")
    return after


def _card(base: InspectedModel, recipe: Recipe, before: Footprint, after: Footprint) -> str:
    facts = base.facts
    front = [
        "---",
        *([f"license: {facts.licence}"] if facts.licence else []),
        "pipeline_tag: text-classification",
        "---",
    ]
    note = ""
    if recipe.method in _REAPPLIED:
        note = (
            "\nThe files hold dense matrices with the compressed values, so they are no smaller than the "
            f"original's. TrustEq applies `{recipe.text}` again when it loads this folder "
            f"(`{COMPRESSION_KEY}` in config.json); other libraries load it as a dense model.\n"
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
