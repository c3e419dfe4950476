"""docs/performance.md shows the figures that the benchmarks wrote."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks import __main__ as entry
from benchmarks.figures import FIGURES, ratio_row, row, write
from tools import performance_page


@pytest.fixture(scope="module")
def page() -> str:
    """The page."""
    return performance_page.PAGE.read_text(encoding="utf-8")


def test_the_table_is_in_step_with_the_results(page: str) -> None:
    """`python -m tools.performance_page` would change nothing."""
    assert performance_page.rendered(page) == page, "run: python -m tools.performance_page"


def test_every_figure_has_a_line(page: str) -> None:
    """Figures that were not measured are named as well."""
    for figure in FIGURES.values():
        assert f"| {figure.title} |" in page


def test_the_latest_result_counts(tmp_path: Path, page: str) -> None:
    """Of two files with the same figure the later one is shown; files of other kinds are left alone."""
    for name, date, value in (("a", "2026-01-02", 5.0), ("b", "2026-01-01", 9.0)):
        rows = [{**asdict(row("lime", value, 4.0, 6.0)), "commit": name, "machine": "this one"}]
        (tmp_path / f"{name}.json").write_text(json.dumps({"date": date, "rows": rows}))
    (tmp_path / "coverage.json").write_text(json.dumps({"date": "2026-01-03", "rows": [{"figure": "lime"}]}))
    (tmp_path / "list.json").write_text("[1]")
    shown = performance_page.rendered(page, tmp_path)
    assert "| 5 | 4 to 6 | yes | a |" in shown
    assert "- this one" in shown


@pytest.mark.parametrize(
    "figure, value, passed",
    [("lime", 4.4, False), ("lime", 4.5, True), ("memory", 1.3, False), ("memory", 1.1, True)],
)
def test_a_row_passes_where_it_reaches_its_figure(figure: str, value: float, passed: bool) -> None:
    """More is better for speeds and less for memory and differences."""
    assert row(figure, value).passed is passed


def test_a_ratio_has_the_range_of_its_turns() -> None:
    """A speed is all seconds over all seconds, between the slowest and the fastest turn."""
    made = ratio_row("lime", [4.0, 9.0], [1.0, 1.5])
    assert (made.value, made.low, made.high) == (13 / 2.5, 4.0, 6.0)


def test_results_are_written_and_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file holds rows, details, date, machine and commit; what falls short is printed as missed."""
    path = write("explain", [row("lime", 2.0)], {"texts": 3}, tmp_path / "new")
    report = json.loads(path.read_text())
    assert set(report) == {"date", "machine", "commit", "rows", "details"}
    assert report["rows"][0]["passed"] is False
    assert "MISSED" in capsys.readouterr().out


def test_modules_are_chosen_by_name_and_device() -> None:
    """All, those of a GPU, or one with its own arguments; a name that there is not is refused."""
    assert [module for module, _ in entry.chosen([])] == list(entry.MODULES.values())
    assert entry.chosen(["--device", "cuda"]) == [("benchmarks.gpu", [])]
    assert entry.chosen(["explain", "--texts", "3"]) == [("benchmarks.explain", ["--texts", "3"])]
    with pytest.raises(SystemExit, match="There is no benchmark 'speed'"):
        entry.chosen(["speed"])


def test_modules_are_run_with_their_own_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each module reads its arguments as if it had been started by itself."""
    seen: list[list[str]] = []
    fake = ModuleType("benchmarks.fake")
    fake.main = lambda: seen.append(sys.argv[1:])  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "benchmarks.fake", fake)
    monkeypatch.setattr(entry, "MODULES", {"fake": "benchmarks.fake"})
    monkeypatch.setattr(sys, "argv", ["benchmarks", "fake", "--x"])
    entry.main()
    assert seen == [["--x"]]
