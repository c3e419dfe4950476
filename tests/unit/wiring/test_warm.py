"""What the warm process makes of a request."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.support.jobs_home import until
from tests.support.pipeline_runs import QUICK, Workbench, make_workbench
from trust_core.cli.main import main
from trust_core.errors import DataError, ModelError, RunError, TrustError, Unavailable
from trust_core.jobs.sockets import listening, ready_file
from trust_core.jobs.warm_client import WarmClient
from trust_core.jobs.warm_server import WarmServer
from trust_core.settings import Settings
from trust_core.store.folder import load_report
from trust_core.store.registry import Registry
from trust_core.wiring import warm
from trust_core.wiring.warm import serve_warm

PAIR = ("man sings", "nobody sings")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    """Two tiny models and forty texts, and a run of them by relative names."""
    bench = make_workbench(tmp_path_factory.mktemp("bench"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(bench.folder)
        patch.setenv("TRUST_HOME", str(bench.folder / "home"))
        arguments = ["--reference", "./reference", "--candidate", "candidate", "--data", "data.csv", *QUICK]
        assert main(["evaluate", *arguments, "--explain-limit", "4", "--out", "run"]) in (0, 1, 2)
    return bench


@pytest.fixture
def client(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of a warm process, which is a thread of the test."""
    home = bench.folder / "home"
    ready_file(home).unlink(missing_ok=True)
    # A home is often reached by a link.
    link = bench.folder / "link"
    if not link.exists():
        link.symlink_to(home)
    listener = listening(home)
    monkeypatch.setattr(warm, "WarmServer", lambda *given: WarmServer(*given, idle_s=0.5))
    number = listener.detach()
    thread = threading.Thread(target=serve_warm, args=(number, Settings(home=link)))
    thread.start()
    until(ready_file(home).exists, what="the server")
    yield WarmClient(home, wake=lambda: False)
    thread.join(120)
    assert not thread.is_alive()


@pytest.mark.slow
def test_a_run_of_the_command_line(bench: Workbench, client: WarmClient, tmp_path: Path) -> None:
    """Relative names are those of where the run was begun; requests that make no sense are refused."""
    run = bench.folder / "run"
    answers = client.predict([PAIR], folder=run, candidate="candidate")
    assert answers.classes == load_report(run).resolved.data.classes
    edited = client.explain(PAIR, folder=run, candidate="candidate", explainers=("lime",), samples=40)
    assert edited.models == ("./reference", "candidate")
    assert edited.probabilities[1] == pytest.approx(answers.probabilities[1][0], abs=1e-6)
    first, second = client.pieces(PAIR, folder=run, candidate="candidate")
    # The test vocabulary takes "nobody" apart.
    assert [piece.segment for piece in first] == [0, 0, 1, 1, 1]
    assert first == second
    with pytest.raises(RunError, match="no candidate"):
        client.predict([PAIR], folder=run, candidate="ref:int8")
    with pytest.raises(DataError, match="too many at once"):
        client.predict([PAIR] * 2001, folder=run, candidate="candidate")
    with pytest.raises(DataError, match="too long"):
        client.predict([("x" * 100_001, None)], folder=run, candidate="candidate")
    with pytest.raises(Unavailable, match="no results yet"):
        client.predict([PAIR], folder=tmp_path, candidate="candidate")

    found = client.ask(
        "check",
        {
            "spec": {"reference": "nowhere", "candidates": ["ref:int8"], "data": {"source": "/etc/passwd"}},
            "owner": "ann",
        },
    )
    assert {problem["about"] for problem in found["problems"]} == {"nowhere", "data"}
    with pytest.raises(TrustError, match="reference"):
        client.ask("check", {"spec": {"refrence": "x"}, "owner": ""})


@pytest.mark.slow
def test_a_folder_that_somebody_handed_over(bench: Workbench, client: WarmClient, tmp_path: Path) -> None:
    """A report may name any folder: of a run that did not begin here, only the allowed ones are opened."""
    content = json.loads((bench.folder / "run" / "report.json").read_bytes())
    content["spec"] |= {"reference": str(bench.reference), "candidates": [str(bench.candidate)]}
    (tmp_path / "report.json").write_text(json.dumps(content))
    with pytest.raises(ModelError, match="outside the allowed folders"):
        client.predict([PAIR], folder=tmp_path, candidate=str(bench.candidate))
    imported = bench.folder / "home" / "runs" / "imported-1"
    imported.mkdir(parents=True)
    (imported / "report.json").write_text(json.dumps(content))
    Registry(bench.folder / "home").record(imported, fingerprint="a" * 64, name="x", state="done")
    with pytest.raises(ModelError, match="outside the allowed folders"):
        client.predict([PAIR], folder=imported, candidate=str(bench.candidate))
    saved = {"reference_predictions": "a", "candidate_predictions": ["b"]}
    content["spec"] = {**content["spec"], "reference": None, "candidates": [], **saved}
    (tmp_path / "report.json").write_text(json.dumps(content))
    with pytest.raises(Unavailable, match="saved predictions"):
        client.predict([PAIR], folder=tmp_path, candidate="b")
