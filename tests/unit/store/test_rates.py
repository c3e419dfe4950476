"""What is remembered of a machine's speed."""

import json
from pathlib import Path

import pytest

from trust_core.store.rates import KEPT, keep_rate, known_rate


def test_rates_are_kept_by_device(tmp_path: Path) -> None:
    """Each device has its own; where nothing can be written, nothing is known."""
    assert known_rate(tmp_path, "CPU") is None
    keep_rate(tmp_path, "CPU", 1.0)
    keep_rate(tmp_path, "GPU", 0.1)
    assert (known_rate(tmp_path, "CPU"), known_rate(tmp_path, "GPU")) == (1.0, 0.1)
    (tmp_path / "file").write_text("")
    keep_rate(tmp_path / "file", "CPU", 1.0)
    assert known_rate(tmp_path / "file", "CPU") is None


@pytest.mark.parametrize("rates", [(1.0, 9.0), (9.0, 1.0), (1.1, 9.0, 1.0), (9.0, 1.0, 8.0, 1.1, 0.9)])
def test_runs_on_a_busy_machine_spoil_no_estimate(tmp_path: Path, rates: tuple[float, ...]) -> None:
    """While no more than half of the last runs were slowed down, the rate is that of one which was not."""
    for rate in rates:
        keep_rate(tmp_path, "CPU", rate)
    assert known_rate(tmp_path, "CPU") == pytest.approx(1.0, abs=0.11)


def test_only_the_last_runs_count(tmp_path: Path) -> None:
    """A machine that has become faster is known after some runs, however many there were before."""
    for rate in (*[9.0] * 20, *[1.0] * KEPT):
        keep_rate(tmp_path, "CPU", rate)
    assert json.loads((tmp_path / "rates.json").read_bytes()) == {"CPU": [1.0] * KEPT}


@pytest.mark.parametrize(
    "content, rate",
    [
        ('{"CPU": 2.0}', 2.0),
        ('{"CPU": [2.0, "fast", -1.0, NaN]}', 2.0),
        ("[1]", None),
        ("{", None),
        ('{"CPU": "fast"}', None),
        ('{"CPU": -1.0}', None),
        ('{"CPU": NaN}', None),
        ('{"CPU": []}', None),
    ],
)
def test_a_file_of_another_kind(tmp_path: Path, content: str, rate: float | None) -> None:
    """The one number of an earlier version still counts; what is no rate is as good as none."""
    (tmp_path / "rates.json").write_text(content)
    assert known_rate(tmp_path, "CPU") == rate
