"""What every test runs under: no network, a home of its own, one thread, and shapes checked.

Environment variables that libraries read when they are imported are set at the top of this module,
which pytest loads before any test module.
"""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Several test processes share the cores: one thread each, or they fight.
for _variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

HUB_ALLOWED = os.environ.get("TRUST_TEST_HUB") == "1"
if not HUB_ALLOWED:
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["TRANSFORMERS_OFFLINE"] = "1"
    os.environ["HF_DATASETS_OFFLINE"] = "1"

# Settings of whoever runs the tests must not reach the code under test.
_KEPT_FOR_TESTS = ("TRUST_TEST_", "TRUST_SHARED_DATA")
for _variable in [name for name in os.environ if name.startswith("TRUST_")]:
    if not _variable.startswith(_KEPT_FOR_TESTS):
        del os.environ[_variable]
# Converting a model takes seconds: the tests of OpenVINO ask for it, and the others do without.
os.environ["TRUST_OPENVINO"] = "0"
if not HUB_ALLOWED:
    for _variable in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_ENDPOINT"):
        os.environ.pop(_variable, None)

import pytest  # noqa: E402  (the environment must be set before anything heavy is imported)
from hypothesis import settings as hypothesis_settings  # noqa: E402
from jaxtyping import install_import_hook  # noqa: E402

# Shapes and types in trust_core's signatures are checked at every call made by a test.
# TRUST_TEST_TYPES=0 leaves them unchecked, to see a failure without beartype's frames.
if os.environ.get("TRUST_TEST_TYPES", "1") != "0":
    install_import_hook("trust_core", "beartype.beartype")

# `repository` draws the same examples on every machine; `explore` looks for new ones.
hypothesis_settings.register_profile("repository", deadline=None, derandomize=True, max_examples=50)
hypothesis_settings.register_profile("explore", deadline=None, derandomize=False, max_examples=1000)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repository"))

REPOSITORY = Path(__file__).resolve().parent.parent
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "", "0.0.0.0", "::", None})


class NetworkRefused(RuntimeError):
    """A test tried to reach another machine."""


def _is_local(host: Any) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    return host in _LOOPBACK or (isinstance(host, str) and host.startswith("127."))


def _refuse_unless_local(host: Any) -> None:
    if not _is_local(host):
        raise NetworkRefused(f"tests may not reach {host!r}: only the loopback interface is open to them")


def _close_network(patch: pytest.MonkeyPatch) -> None:
    """Let sockets connect to this machine alone."""

    def guarded(name: str) -> Any:
        original = getattr(socket.socket, name)

        def connect(self: socket.socket, address: Any, *rest: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6):
                _refuse_unless_local(address[0])
            return original(self, address, *rest)

        return connect

    resolve = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        _refuse_unless_local(host)
        return resolve(host, *args, **kwargs)

    for name in ("connect", "connect_ex"):
        patch.setattr(socket.socket, name, guarded(name))
    patch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.fixture(scope="session", autouse=True)
def _isolated_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give the session a home of its own and close the network."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRUST_HOME", str(tmp_path_factory.mktemp("trust-home")))
        # A page that submits a job starts no process, unless its test wants one.
        patch.setenv("TRUST_START_WORKER", "0")
        # What one test computes must not be there already in another.
        patch.setenv("TRUST_CACHE_GIB", "0")
        if not HUB_ALLOWED:
            patch.setenv("HF_HOME", str(tmp_path_factory.mktemp("hf-home")))
            _close_network(patch)
        yield


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the repository."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public data sets, which is no part of the repository; skips without it."""
    folder = Path(os.environ.get("TRUST_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no data folder at {folder}; set TRUST_SHARED_DATA to one")
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs the Hub unless it was asked for."""
    if HUB_ALLOWED:
        return
    for item in items:
        if item.get_closest_marker("hub"):
            item.add_marker(pytest.mark.skip(reason="needs the Hugging Face Hub: set TRUST_TEST_HUB=1"))
