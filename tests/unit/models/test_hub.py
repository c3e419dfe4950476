"""The hub through the real huggingface_hub client, against a server on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import huggingface_hub.constants
import pytest

from tests.support.models_checkpoints import make_checkpoint
from tests.support.models_hub_server import COMMIT, GOOD_TOKEN, Hub, black_hole, closed_port, serving
from trust_core.errors import HubError, ModelNotFound, ModelRefused
from trust_core.models.hub import fetch_snapshot
from trust_core.models.inspection import inspect_model
from trust_core.models.names import HubId
from trust_core.models.policy import Policy

MIB = 1024**2


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose folder also holds what must never be fetched."""
    folder = make_checkpoint(tmp_path_factory.mktemp("hub") / "tiny")
    (folder / "pytorch_model.bin").write_bytes(b"pickle")
    (folder / "modeling_tiny.py").write_text("raise SystemExit('code was run')")
    (folder / "README.md").write_text("---\nlicense: mit\n---\n# Tiny\n")
    return folder


@pytest.fixture
def hub(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub with that model, and an empty cache."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    with serving(Hub(models={"owner/tiny": folder, "bare-tiny": folder})) as served:
        yield served


def test_only_allowed_files_are_fetched(hub: Hub) -> None:
    """A snapshot holds config, tokenizer, safetensors and card; neither pickles nor code are asked for."""
    snapshot, commit = fetch_snapshot(HubId("owner/tiny", None), MIB, endpoint=hub.endpoint)
    expected = {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "README.md"}
    assert {path.name for path in snapshot.iterdir()} == expected
    assert hub.fetched() == expected
    assert commit == COMMIT


def test_pinned_commit_and_licence_are_recorded(hub: Hub) -> None:
    """Inspecting a hub model records the commit that its revision pointed to, and the licence of its card."""
    policy = Policy("given", roots=())
    inspected = inspect_model(
        "owner/tiny@main",
        policy=policy,
        fetch=lambda hub_id, limit: fetch_snapshot(hub_id, limit, endpoint=hub.endpoint),
    )
    assert (inspected.facts.kind, inspected.facts.revision, inspected.facts.licence) == ("hub", COMMIT, "mit")


def test_same_content_has_the_same_hash_from_hub_and_folder(hub: Hub, folder: Path, tmp_path: Path) -> None:
    """A model fetched from the hub and the same files in a folder have one content hash."""
    clean = tmp_path / "clean"
    clean.mkdir()
    for name in ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"):
        (clean / name).write_bytes((folder / name).read_bytes())
    fetched = inspect_model(
        "hub:bare-tiny",
        policy=Policy(),
        fetch=lambda i, limit: fetch_snapshot(i, limit, endpoint=hub.endpoint),
    )
    assert fetched.facts.content_hash == inspect_model(str(clean), policy=Policy("typed")).facts.content_hash


def test_size_cap_holds_before_the_download(hub: Hub) -> None:
    """A model that its listing says is too large is refused, and none of it is fetched."""
    hub.claimed_bytes["owner/tiny"] = 50 * 1024**3
    with pytest.raises(ModelRefused, match="GiB; the limit is"):
        fetch_snapshot(HubId("owner/tiny", None), 20 * 1024**3, endpoint=hub.endpoint)
    assert hub.fetched() == set()


def test_pickled_weights_alone_are_refused(hub: Hub, tmp_path: Path) -> None:
    """A hub model without safetensors is refused before anything is fetched."""
    bare = tmp_path / "pickled"
    bare.mkdir()
    (bare / "config.json").write_text("{}")
    (bare / "pytorch_model.bin").write_bytes(b"pickle")
    hub.models["owner/pickled"] = bare
    with pytest.raises(ModelRefused, match="no safetensors or ONNX"):
        fetch_snapshot(HubId("owner/pickled", None), MIB, endpoint=hub.endpoint)
    assert hub.fetched() == set()


def test_missing_model(hub: Hub) -> None:
    """A model that the hub does not have is not found, and the message says that it may be private."""
    with pytest.raises(ModelNotFound, match=r"no model 'owner/nothing' .* or it is private"):
        fetch_snapshot(HubId("owner/nothing", None), MIB, endpoint=hub.endpoint)


def test_missing_revision(hub: Hub) -> None:
    """A revision that the model does not have is named."""
    with pytest.raises(ModelNotFound, match="no revision 'v9'"):
        fetch_snapshot(HubId("owner/tiny", "v9"), MIB, endpoint=hub.endpoint)


def test_gated_model(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gated model says where to ask for access; with a good token it loads."""
    hub.gated.add("owner/tiny")
    with pytest.raises(HubError, match=r"gated.*\n.*HF_TOKEN"):
        fetch_snapshot(HubId("owner/tiny", None), MIB, endpoint=hub.endpoint)
    monkeypatch.setenv("HF_TOKEN", GOOD_TOKEN)
    assert fetch_snapshot(HubId("owner/tiny", None), MIB, endpoint=hub.endpoint)[1] == COMMIT


def test_wrong_token_is_named_but_never_shown(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that the hub does not accept is an error that does not hold the token."""
    monkeypatch.setenv("HF_TOKEN", "hf_wrongsecretwrongsecret")
    with pytest.raises(HubError, match="does not accept the token") as caught:
        fetch_snapshot(HubId("owner/tiny", None), MIB, endpoint=hub.endpoint)
    assert "wrongsecret" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("status,meaning", [(403, "no right"), (429, "too many"), (500, "fault of its own")])
def test_refusals_by_status(hub: Hub, status: int, meaning: str) -> None:
    """Any other answer is told with its status and what it means."""
    hub.status = status
    with pytest.raises(HubError, match=f"answered {status}.*{meaning}"):
        fetch_snapshot(HubId("owner/tiny", None), MIB, endpoint=hub.endpoint)


@pytest.mark.parametrize("kind", ["closed", "silent"])
def test_unreachable_hub_is_told_in_time(hub: Hub, kind: str) -> None:
    """A hub that refuses the connection, or never answers, is an error as soon as patience ends."""
    with black_hole() as silent:
        endpoint = closed_port() if kind == "closed" else silent
        started = time.monotonic()
        with pytest.raises(HubError, match="cannot be reached"):
            fetch_snapshot(HubId("owner/tiny", None), MIB, endpoint=endpoint, patience_s=1.0)
    assert time.monotonic() - started < 5.0


def test_secrets_in_the_address_are_not_shown(hub: Hub) -> None:
    """A password in HF_ENDPOINT does not reach a message."""
    endpoint = closed_port().replace("http://", "http://someone:hidden@")
    with pytest.raises(HubError) as caught:
        fetch_snapshot(HubId("owner/tiny", None), MIB, endpoint=endpoint)
    assert "hidden" not in str(caught.value)


def test_fetched_commit_needs_no_connection(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that was fetched before, named by its commit, is found without the hub and offline."""
    first, _ = fetch_snapshot(HubId("owner/tiny", None), MIB, endpoint=hub.endpoint)
    assert fetch_snapshot(HubId("owner/tiny", COMMIT), MIB, endpoint=closed_port()) == (first, COMMIT)
    with pytest.raises(HubError, match="HF_HUB_OFFLINE=1"):
        fetch_snapshot(HubId("owner/tiny", None), MIB, endpoint=closed_port())
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    assert fetch_snapshot(HubId("owner/tiny", COMMIT), MIB) == (first, COMMIT)
    with pytest.raises(HubError, match="HF_HUB_OFFLINE is set"):
        fetch_snapshot(HubId("owner/other", None), MIB)


def test_environment_names_the_hub_and_the_token(hub: Hub, tmp_path: Path) -> None:
    """HF_ENDPOINT and HF_TOKEN are honoured by a fresh process."""
    hub.gated.add("owner/tiny")
    code = (
        "from trust_core.models.hub import fetch_snapshot\nfrom trust_core.models.names import HubId\n"
        "print(fetch_snapshot(HubId('owner/tiny', None), 10**7)[1])"
    )
    environment = os.environ | {"HF_ENDPOINT": hub.endpoint, "HF_TOKEN": GOOD_TOKEN, "HF_HOME": str(tmp_path)}
    environment |= {"HF_HUB_OFFLINE": "0", "TRANSFORMERS_OFFLINE": "0"}
    repository = Path(__file__).resolve().parents[3]
    run = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == COMMIT
