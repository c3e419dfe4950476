"""What may load. Asked before anything is built; a refusal lists every reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from trust_core.errors import ModelRefused, SpecError
from trust_core.models.checkpoint import COMPRESSION_KEY, Checkpoint

GIB = 1024**3
MOST_CLASSES = 1000

ENCODER_REMEDY = (
    "A classifier needs a head trained for your task: tools/finetune.py fine-tunes an encoder on a file of "
    "labelled texts."
)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the machine's owner allows.

    Attributes:
        origin: where the name comes from. `typed`: a person at the command line, who may name any folder
            as long as no roots are set. `given`: a spec file or the web, which may name folders inside the
            roots alone.
        roots: folders that models may lie in: those of TRUST_MODEL_ROOTS, or where a spec file names the
            model, those that it is bound to. None: no folder is out of reach for a typist.
        max_bytes: largest model, weights and tokenizer together.
        cache: where models converted for another backend are kept; None: nowhere.
        openvino: whether the backend `auto` may take OpenVINO.
    """

    origin: Literal["typed", "given"] = "given"
    roots: tuple[Path, ...] | None = None
    max_bytes: int = 20 * GIB
    cache: Path | None = None
    openvino: bool = False


def check_place(written: str, folder: Path, policy: Policy) -> None:
    """Refuse a folder that the policy keeps out of reach, before anything in it is looked at.

    Raises:
        ModelRefused: the folder, with links followed, lies outside the roots.
    """
    reason = _outside(folder, policy)
    if reason:
        raise ModelRefused(
            written,
            [reason],
            remedy="Move the model to an allowed folder, or set TRUST_MODEL_ROOTS to allow others.",
        )


def check_checkpoint(written: str, checkpoint: Checkpoint, policy: Policy, *, local: bool) -> None:
    """Refuse a model that must not, or cannot, be loaded.

    Args:
        written: how the user named it.
        checkpoint: its files.
        policy: what is allowed.
        local: whether the user named a folder; bundled models and the hub's cache need no roots.

    Raises:
        ModelRefused: with all reasons.
    """
    reasons = [*checkpoint.faults, *_code(checkpoint), *_size(checkpoint, policy), *_task(checkpoint)]
    if local:
        reasons += _links(checkpoint, policy)
    if reasons:
        headless = any(reason.startswith("it is no classifier") for reason in reasons)
        raise ModelRefused(written, reasons, remedy=ENCODER_REMEDY if headless else "")


def _outside(path: Path, policy: Policy) -> str:
    """Why `path` is out of reach, or nothing."""
    if policy.roots is None:
        if policy.origin == "typed":
            return ""
        return (
            "it is a folder named by a spec file or the app, and TRUST_MODEL_ROOTS, which says where those "
            "may lie, is not set"
        )
    real = path.expanduser().resolve()
    if any(real.is_relative_to(root.resolve()) for root in policy.roots):
        return ""
    listed = ", ".join(str(root) for root in policy.roots)
    return f"it lies outside the allowed folders ({listed or 'none'})"


def _links(checkpoint: Checkpoint, policy: Policy) -> Iterator[str]:
    """Files that are links out of the roots; where no roots are set, every link is the typist's own."""
    if policy.roots is None:
        return
    for path in checkpoint.read_files:
        if _outside(path, policy):
            yield f"{path.name} is a link to a file outside the allowed folders"


def _code(checkpoint: Checkpoint) -> Iterator[str]:
    code = sorted(path.name for path in checkpoint.folder.glob("*.py"))
    if code:
        yield (
            f"it brings its own code ({', '.join(code[:5])}), which is never run: remove it if the model "
            "works without it"
        )
    for name, config in (
        ("config.json", checkpoint.config),
        ("tokenizer_config.json", checkpoint.tokenizer_config),
    ):
        if "auto_map" in config:
            yield f"{name} asks for code of its own (auto_map), which is never run"
    if (checkpoint.folder / "adapter_config.json").exists():
        yield "it is an adapter (adapter_config.json): merge it into its base model and save that"
    if "quantization_config" in checkpoint.config:
        yield "another library quantised its weights (quantization_config): save it in float32 or float16"


def _size(checkpoint: Checkpoint, policy: Policy) -> Iterator[str]:
    size = sum(path.stat().st_size for path in checkpoint.read_files)
    if size > policy.max_bytes:
        yield f"it takes {size / GIB:.2f} GiB; TRUST_MAX_MODEL_GIB allows {policy.max_bytes / GIB:.2f}"


def _task(checkpoint: Checkpoint) -> Iterator[str]:
    config = checkpoint.config
    if not config:
        return
    if not isinstance(config.get("model_type"), str):
        yield "config.json names no model_type"
    architectures = config.get("architectures")
    named = [str(name) for name in architectures] if isinstance(architectures, list) else []
    if named and not any(name.endswith("ForSequenceClassification") for name in named):
        yield (
            f"it is no classifier: its architecture is {named[0][:80]}, not one that ends in "
            "ForSequenceClassification"
        )
    try:
        stored_recipe = checkpoint.recipe
    except SpecError as error:
        yield f"its {COMPRESSION_KEY} in config.json is no recipe: {error.problem}"
    else:
        if stored_recipe is not None and checkpoint.weights_format == "onnx":
            yield f"its config.json has {COMPRESSION_KEY}, which an ONNX graph cannot follow"
    problem = config.get("problem_type")
    if problem in ("regression", "multi_label_classification"):
        yield f"its problem_type is {problem}, so its classes do not exclude each other"
    count = len(checkpoint.labels)
    if not 2 <= count <= MOST_CLASSES:
        yield f"it has {count} class{'' if count == 1 else 'es'}; 2 to {MOST_CLASSES} can be compared"
