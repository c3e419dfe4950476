from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trust_core.domain.attributions import Attribution, Explanation, Half
from trust_core.domain.predictions import Predictions
from trust_core.errors import RunError
from trust_core.store.folder import RunFolder
from trust_core.store.shards import Shards

CLASSES = ("x", "y", "z")


def _predictions(n: int, *, logits: bool) -> Predictions:
    rng = np.random.default_rng(5)
    z = rng.normal(size=(n, 3))
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    ids = tuple(f"t{i}" for i in range(n))
    return Predictions("m", ids, CLASSES, p, logits=z if logits else None, truncated=2)


def _attribution(text_id: str, half: Half, words: int) -> Attribution:
    rng = np.random.default_rng(words)
    base, full, fidelity = rng.normal(size=(3, 3))
    weights = rng.normal(size=(words, 3))
    return Attribution(
        text_id, "lime", half, weights, base, full, fidelity, "local_r2", passes=10, complete=words > 1
    )


def _same(a: Attribution, b: Attribution) -> bool:
    arrays = ("weights", "base", "full", "fidelity")
    plain = ("text_id", "explainer", "half", "fidelity_kind", "passes", "complete")
    return all(np.array_equal(getattr(a, name), getattr(b, name)) for name in arrays) and all(
        getattr(a, name) == getattr(b, name) for name in plain
    )


@pytest.mark.parametrize("logits", [True, False])
def test_predictions_come_back(tmp_path: Path, logits: bool) -> None:
    """Predictions come back to the last bit."""
    shards = Shards(tmp_path / "work")
    written = _predictions(4, logits=logits)
    assert not shards.finished(8, 12)
    shards.write_predictions(8, 12, written)
    assert shards.finished(8, 12)
    assert not shards.finished(8, 13)
    read = shards.read_predictions(8, 12, model="m", classes=CLASSES)
    assert (read.ids, read.truncated, read.model) == (written.ids, 2, "m")
    np.testing.assert_array_equal(read.probabilities, written.probabilities)
    assert (read.logits is not None) == logits
    if logits:
        np.testing.assert_array_equal(read.logits, written.logits)


def test_explanations_come_back(tmp_path: Path) -> None:
    """Explanations come back to the last bit and in their order: sampled, noise-free, and without words."""
    shards = Shards(tmp_path)
    written = [
        Explanation(_attribution("b", "all", 4), (_attribution("b", "h1", 4), _attribution("b", "h2", 4))),
        Explanation(_attribution("a", "all", 1), None),
        Explanation(_attribution("c", "all", 0), None),
    ]
    shards.write_explanations(0, 3, written)
    read = shards.read_explanations(0, 3)
    assert [e.text_id for e in read] == ["b", "a", "c"]
    assert [e.noise_free for e in read] == [False, True, True]
    pairs = [(a, b) for old, new in zip(written, read, strict=True)
             for a, b in zip(old.attributions, new.attributions, strict=True)]  # fmt: skip
    assert len(pairs) == 5
    assert all(_same(a, b) for a, b in pairs)


def test_no_explanations_at_all(tmp_path: Path) -> None:
    """A piece of work without any explanation is finished too."""
    shards = Shards(tmp_path)
    shards.write_explanations(0, 2, [])
    assert shards.finished(0, 2)
    assert shards.read_explanations(0, 2) == []


def test_other_rows_come_back(tmp_path: Path) -> None:
    """Rows of any other kind are kept by column."""
    shards = Shards(tmp_path)
    shards.write_table(0, 2, {"id": ["a", "b"], "features": [["x"], []]})
    assert shards.read_table(0, 2) == {"id": ["a", "b"], "features": [["x"], []]}


def test_pieces_of_work_are_kept_apart(tmp_path: Path) -> None:
    """Each piece of work has a folder of its own in the run."""
    run = RunFolder(tmp_path, "f")
    run.shards("predictions", "reference").write_table(0, 1, {"id": ["a"]})
    assert not run.shards("predictions", "candidate-1").finished(0, 1)
    assert run.shards("predictions", "reference").finished(0, 1)


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b"\0" * len(b)])
def test_damaged_shard(tmp_path: Path, damage: object) -> None:
    """A shard that was cut or overwritten is refused with the file and how to mend it."""
    shards = Shards(tmp_path)
    shards.write_predictions(0, 4, _predictions(4, logits=True))
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    for read in (
        lambda: shards.read_predictions(0, 4, model="m", classes=CLASSES),
        lambda: shards.read_explanations(0, 4),
        lambda: shards.read_table(0, 4),
    ):
        with pytest.raises(
            RunError, match=r"00000000-00000004\.parquet cannot be read[\s\S]*Remove this file"
        ):
            read()


def test_missing_shard(tmp_path: Path) -> None:
    """A shard that was deleted is refused likewise."""
    with pytest.raises(RunError, match="cannot be read"):
        Shards(tmp_path).read_table(0, 4)


def test_shard_of_other_rows(tmp_path: Path) -> None:
    """A shard that does not hold the rows of its name is refused."""
    shards = Shards(tmp_path)
    shards.write_predictions(0, 3, _predictions(4, logits=False))
    with pytest.raises(RunError, match="does not hold its texts"):
        shards.read_predictions(0, 3, model="m", classes=CLASSES)
    pq.write_table(pa.table({"other": [1]}), tmp_path / "00000000-00000001.parquet")
    with pytest.raises(RunError, match="does not hold its texts"):
        shards.read_predictions(0, 1, model="m", classes=CLASSES)
