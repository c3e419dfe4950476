"""What the command line writes: results to standard output, progress and complaints to standard error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars
from rich.text import Text

from trust_core.domain.progress import Progress
from trust_core.export.foreign_text import visible
from trust_core.ports import ProgressSink


def say(lines: Iterable[str]) -> None:
    """Write result lines: no markup, no colours, no wrapping, no control characters from outside."""
    console = Console(soft_wrap=True, markup=False, highlight=False, emoji=False)
    for line in lines:
        console.print(Text(visible(line)))


def complain(message: str) -> None:
    """Write an error to standard error; control characters that came with a name are shown, not obeyed."""
    console = Console(stderr=True, soft_wrap=True, markup=False, highlight=False, emoji=False)
    console.print(Text(visible(message)))


@contextmanager
def progress_display() -> Iterator[ProgressSink]:
    """A sink that shows phase, count, rate and time left on a terminal, and a line a phase in a pipe."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines()
        return
    with _Display(console) as display:
        yield display


def _lines() -> ProgressSink:
    """A sink that says each phase once, when it begins."""
    said: set[str] = set()

    def tell(progress: Progress) -> None:
        if progress.phase not in said:
            said.add(progress.phase)
            unit = progress.unit.removesuffix("s") if progress.total == 1 else progress.unit
            complain(f"{progress.phase} ({progress.total:,} {unit})")

    return tell


class _Rate(ProgressColumn):
    """Units a second of this start, those of an earlier one not counted."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.1f} {task.fields['unit']}/s")


class _Display:
    """One bar a phase."""

    def __init__(self, console: Console) -> None:
        self._bars = Bars(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            # Long pieces of work report seldom: this column shows that time goes on.
            TimeElapsedColumn(),
            TimeRemainingColumn(compact=True),
            console=console,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> _Display:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def __call__(self, progress: Progress) -> None:
        if progress.phase not in self._tasks:
            self._tasks[progress.phase] = self._bars.add_task(
                visible(progress.phase), total=progress.total, completed=progress.resumed, unit=progress.unit
            )
        self._bars.update(self._tasks[progress.phase], completed=progress.done, total=progress.total)
