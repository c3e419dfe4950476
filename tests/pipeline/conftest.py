"""Models and texts that the tests of whole runs share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.support.pipeline_runs import Workbench, make_workbench
from trust_core.pipeline import costs


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    """Two tiny models and 40 texts."""
    return make_workbench(tmp_path_factory.mktemp("bench"))


@pytest.fixture(scope="session")
def finished(bench: Workbench) -> Path:
    """The folder of a finished run, to be read only."""
    out = bench.folder / "finished"
    bench.evaluate(out)
    return out


@pytest.fixture(autouse=True, scope="session")
def _few_timed_calls() -> Iterator[None]:
    """Latency is no subject here: few calls are timed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(costs, "CALLS", costs.FEWEST_CALLS)
        yield


@pytest.fixture(autouse=True)
def _threads_put_back() -> Iterator[None]:
    """A spec's threads hold for the process: the next test has its own again."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)
