"""Models and texts that the tests of whole runs share."""

from pathlib import Path

import pytest

from tests.support.pipeline_runs import Workbench, make_workbench


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
