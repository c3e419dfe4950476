"""Records of decisions have a number each."""

import re
from collections import Counter
from pathlib import Path

DECISIONS = sorted((Path(__file__).resolve().parents[3] / "docs" / "decisions").glob("*.md"))


def test_each_decision_has_its_own_number() -> None:
    """No two records share a number, and each heading begins with that of its file."""
    numbers = [int(page.name[:4]) for page in DECISIONS]
    assert numbers
    assert [number for number, times in Counter(numbers).items() if times > 1] == []
    headings = [page.read_text("utf-8").splitlines()[0] for page in DECISIONS]
    told = [int(found[1]) if (found := re.match(r"# (\d+)\. \S", line)) else None for line in headings]
    assert told == numbers
