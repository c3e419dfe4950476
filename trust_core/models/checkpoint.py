"""A folder with a model in it, read without building anything: config, weights' headers, model card.

Everything here treats the files as hostile: sizes are checked before reading, JSON is parsed as data,
and what is wrong is collected as sentences, so that a refusal can list all of it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trust_core.models.compress.recipe import Recipe, parse_recipe
from trust_core.models.facts import WeightsFormat

COMPRESSION_KEY = "trusteq_compression"
"""Key in config.json of folders that `save_compressed` writes: the recipe that loading applies again."""

JSON_LIMIT_BYTES = 64 * 1024**2
HEADER_LIMIT_BYTES = 100 * 1024**2
TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "spiece.model",
    "spm.model",
    "sentencepiece.bpe.model",
    "tokenizer.model",
)
VOCABULARIES = frozenset(TOKENIZER_FILES) - {
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
}
PICKLES = ("*.bin", "*.pt", "*.pth", "*.pkl", "*.pickle", "*.ckpt", "*.h5", "*.msgpack")
_LICENCE = re.compile(r"^license:\s*['\"]?([\w.+ -]{1,80}?)['\"]?\s*$", re.MULTILINE)
_SHARD = re.compile(r"[\w.-]{1,200}\.safetensors", re.ASCII)


FileStamp = tuple[Path, int, int]
"""A file with its size and age."""

_SINGLE_BITS = 32
"""Every model is loaded in single precision, whatever precision its weights are stored in."""

_FLOAT = re.compile(r"B?F(8|16|32|64)")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the files of a folder say.

    Attributes:
        folder: where it lies, as given.
        config: config.json; empty where it cannot be read.
        tokenizer_config: tokenizer_config.json; empty where there is none.
        weights: the files with weights, in order of their names.
        weights_format: safetensors or ONNX; safetensors where both are there.
        faults: what is wrong with the files, in sentences.
        loaded_bytes: size of the weights once they are loaded; of an ONNX graph, that on disk.
        stamps: size and age of the files that loading reads, when they were looked at.
    """

    folder: Path
    config: Mapping[str, Any]
    tokenizer_config: Mapping[str, Any]
    weights: tuple[Path, ...]
    weights_format: WeightsFormat
    faults: tuple[str, ...]
    loaded_bytes: int
    stamps: tuple[FileStamp, ...]

    @property
    def changed(self) -> bool:
        """Whether the files are others than those that were looked at."""
        return file_stamps(self.read_files) != self.stamps

    @property
    def stored_bytes(self) -> int:
        """Size of the weights on disk."""
        return sum(path.stat().st_size for path in self.weights)

    @property
    def read_files(self) -> tuple[Path, ...]:
        """Every file that loading reads, in order of their names: they make the content hash."""
        return _read_files(self.folder, self.weights)

    @property
    def architecture(self) -> str:
        """The class that the config names, else the model type."""
        named = self.config.get("architectures")
        if isinstance(named, list) and named and isinstance(named[0], str):
            return named[0]
        return str(self.config.get("model_type", ""))

    @property
    def recipe(self) -> Recipe | None:
        """How the model was compressed, where loading must do it again.

        Raises:
            SpecError: the config's entry is no recipe.
        """
        written = self.config.get(COMPRESSION_KEY)
        return None if written is None else parse_recipe(str(written))

    @property
    def labels(self) -> tuple[str, ...]:
        """Class names in the model's order; LABEL_0 and so on where the config only counts them."""
        names = self.config.get("id2label")
        if isinstance(names, dict) and names:
            ordered = sorted(
                names.items(), key=lambda item: int(item[0]) if str(item[0]).isdigit() else math.inf
            )
            return tuple(str(name) for _, name in ordered)
        count = self.config.get("num_labels", self.config.get("_num_labels", 2))
        return tuple(f"LABEL_{index}" for index in range(count if isinstance(count, int) else 2))

    @property
    def licence(self) -> str:
        """The licence in the front matter of the model card, else empty."""
        card = self.folder / "README.md"
        if not card.is_file():
            return ""
        with card.open(encoding="utf-8", errors="replace") as stream:
            text = stream.read(20_000)
        if not text.startswith("---"):
            return ""
        found = _LICENCE.search(text.split("\n---", 1)[0])
        return found[1].strip() if found else ""


def read_checkpoint(folder: Path) -> Checkpoint:
    """What the files in `folder` say, with everything that is wrong with them; bad content raises nothing.

    Raises:
        OSError: the folder itself may not be looked into.
    """
    faults: list[str] = []
    config = _read_json(folder / "config.json", faults)
    tokenizer_config: Mapping[str, Any] = {}
    if (folder / "tokenizer_config.json").is_file():
        tokenizer_config = _read_json(folder / "tokenizer_config.json", faults)
    weights, weights_format = _find_weights(folder, faults)
    stamps = file_stamps(_read_files(folder, weights))
    if weights_format == "safetensors":
        loaded_bytes = sum(_check_header(path, faults) for path in weights)
    else:
        loaded_bytes = sum(path.stat().st_size for path in weights)
    if not any((folder / name).is_file() for name in VOCABULARIES):
        faults.append(
            "it has no tokenizer (tokenizer.json, vocab.txt, or vocab.json with merges.txt): save it with "
            "tokenizer.save_pretrained(folder)"
        )
    return Checkpoint(
        folder, config, tokenizer_config, weights, weights_format, tuple(faults), loaded_bytes, stamps
    )


def file_stamps(paths: Sequence[Path]) -> tuple[FileStamp, ...]:
    """Size and age of files; one that is gone has none."""
    found = []
    for path in paths:
        try:
            facts = path.stat()
        except OSError:
            found.append((path, -1, -1))
        else:
            found.append((path, facts.st_size, facts.st_mtime_ns))
    return tuple(found)


def _read_files(folder: Path, weights: Sequence[Path]) -> tuple[Path, ...]:
    names = ("config.json", "model.safetensors.index.json", *TOKENIZER_FILES)
    present = [folder / name for name in names if (folder / name).is_file()]
    return tuple(sorted({*present, *weights}))


def _read_json(path: Path, faults: list[str]) -> Mapping[str, Any]:
    if not path.is_file():
        faults.append(f"it has no {path.name}")
        return {}
    if path.stat().st_size > JSON_LIMIT_BYTES:
        faults.append(f"{path.name} is larger than {JSON_LIMIT_BYTES // 1024**2} MiB")
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        faults.append(f"{path.name} is no valid JSON ({_short(error)})")
        return {}
    except OSError as error:
        faults.append(f"{path.name} cannot be read ({error.strerror})")
        return {}
    if not isinstance(content, dict):
        faults.append(f"{path.name} holds no JSON object")
        return {}
    return content


def _find_weights(folder: Path, faults: list[str]) -> tuple[tuple[Path, ...], WeightsFormat]:
    single, index = folder / "model.safetensors", folder / "model.safetensors.index.json"
    if single.is_file():
        return (single,), "safetensors"
    if index.is_file():
        return _find_shards(index, faults), "safetensors"
    for graph in (folder / "model.onnx", folder / "onnx" / "model.onnx"):
        if graph.is_file():
            beside = [path for path in graph.parent.glob("*.onnx[._]data") if path.is_file()]
            return tuple(sorted([graph, *beside])), "onnx"
    pickled = sorted({path.name for pattern in PICKLES for path in folder.glob(pattern)})
    if pickled:
        faults.append(
            f"its weights are pickled or in another unsafe form ({', '.join(pickled)}), and a pickle can run "
            "code when it is read: on a machine where you trust the file, load it with transformers and "
            "write it again with model.save_pretrained(folder), which makes model.safetensors"
        )
    else:
        faults.append("it has no weights (model.safetensors, model.safetensors.index.json or model.onnx)")
    return (), "safetensors"


def _find_shards(index: Path, faults: list[str]) -> tuple[Path, ...]:
    weight_map = _read_json(index, faults).get("weight_map")
    if not isinstance(weight_map, dict) or not weight_map:
        faults.append(f"{index.name} names no shards")
        return ()
    found: list[Path] = []
    for name in sorted({str(value) for value in weight_map.values()}):
        path = index.parent / name
        if not _SHARD.fullmatch(name):
            faults.append(
                f"{index.name} names the shard {name[:80]!r}, which is no plain name of a safetensors file"
            )
        elif not path.is_file():
            faults.append(f"the shard {name} is missing")
        else:
            found.append(path)
    return tuple(found)


def _check_header(path: Path, faults: list[str]) -> int:
    """Hold what a safetensors file's header claims against its size; gives the weights' bytes once loaded."""
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            if size < 8 or length > min(size - 8, HEADER_LIMIT_BYTES):
                faults.append(f"{path.name} is no safetensors file, or is cut short")
                return 0
            header = stream.read(length)
    except OSError as error:
        faults.append(f"{path.name} cannot be read ({error.strerror})")
        return 0
    try:
        entries = json.loads(header)
        tensors = [entry for name, entry in entries.items() if name != "__metadata__"]
        claimed = max((int(entry["data_offsets"][1]) for entry in tensors), default=0)
        loaded = sum(_loaded_bytes(entry) for entry in tensors)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        faults.append(f"{path.name} has a broken header ({_short(error)})")
        return 0
    if claimed != size - 8 - length:
        faults.append(
            f"{path.name} holds {size - 8 - length} bytes of weights, but its header speaks of {claimed}: "
            "copy it again"
        )
    return loaded


def _loaded_bytes(entry: Mapping[str, Any]) -> int:
    begin, end = entry["data_offsets"]
    float_bits = _FLOAT.match(str(entry.get("dtype")))
    size = int(end) - int(begin)
    return size if float_bits is None else size * _SINGLE_BITS // int(float_bits[1])


def _short(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:120]
