from collections import Counter
from pathlib import Path

import pytest

from tests.support.datasets_files import GENEROUS, write_columns
from trust_core.datasets import hub, sources
from trust_core.datasets.sources import texts_from
from trust_core.domain.spec import DataSpec
from trust_core.errors import DataError


@pytest.mark.parametrize("task, classes", [("nli", 3), ("pi", 2)])
def test_bundled_texts(task: str, classes: int) -> None:
    """At least 300 pairs of each task come along, in balanced classes, without repeats or blanks."""
    texts = texts_from(DataSpec(source=f"bundled:{task}"), GENEROUS)
    assert texts.source == f"bundled:{task}"
    assert len(texts.ids) >= 300
    assert texts.text_b is not None
    assert texts.notes == ()
    counts = Counter(texts.labels)
    assert len(counts) == classes
    assert max(counts.values()) - min(counts.values()) <= len(texts.ids) * 0.1
    assert {"topic", "phenomenon"} <= set(texts.metadata)


def test_unknown_bundled_name() -> None:
    """An unknown bundled name is answered with the nearest."""
    with pytest.raises(DataError, match=r"no bundled texts 'nly'[\s\S]*Did you mean 'nli'\?"):
        texts_from(DataSpec(source="bundled:nly"), GENEROUS)


def test_file(tmp_path: Path) -> None:
    """Anything without a known prefix is a file."""
    path = write_columns(tmp_path / "d.jsonl", {"text": ["x"], "label": ["a"]})
    assert texts_from(DataSpec(source=str(path)), GENEROUS).text_a == ("x",)


def test_hub_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    """`hub:` leads to the hub."""
    asked = []

    def fake(spec: DataSpec, limits: object) -> object:
        asked.append(spec.source)
        raise DataError("asked")

    monkeypatch.setattr(sources, "hub_texts", fake)
    with pytest.raises(DataError, match="asked"):
        texts_from(DataSpec(source=f"{hub.PREFIX}owner/name"), GENEROUS)
    assert asked == ["hub:owner/name"]
