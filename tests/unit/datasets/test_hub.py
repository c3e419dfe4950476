import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import datasets
import pytest
from huggingface_hub import constants, errors

from tests.support.datasets_files import GENEROUS
from tests.support.models_hub_server import closed_port
from trust_core.datasets.hub import hub_texts
from trust_core.datasets.limits import Limits
from trust_core.domain.spec import DataSpec
from trust_core.errors import DataError, RowErrors

NAMES = ["entailment", "neutral", "contradiction"]

_ASK = """
import time
from trust_core.datasets.hub import hub_texts
from trust_core.datasets.limits import Limits
from trust_core.domain.spec import DataSpec
from trust_core.errors import DataError
began = time.monotonic()
try:
    hub_texts(DataSpec(source="hub:owner/name"), Limits(max_bytes=1000, max_rows=10))
except DataError as error:
    print(error)
print("seconds", time.monotonic() - began)
"""


def _data_set(labels: list[int], **columns: list[Any]) -> datasets.Dataset:
    n = len(labels)
    content = {"premise": [f"p{i}" for i in range(n)], "hypothesis": [f"h{i}" for i in range(n)], **columns}
    made = datasets.Dataset.from_dict({**content, "label": labels})
    return made.cast_column("label", datasets.ClassLabel(names=NAMES))


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the library return this data set; gives the list of the arguments it was called with."""

    def put(answer: Any) -> list[tuple[Any, ...]]:
        calls: list[tuple[Any, ...]] = []

        def load_dataset(name: str, config: str | None, *, split: str, revision: str | None) -> Any:
            calls.append((name, config, split, revision))
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(datasets, "load_dataset", load_dataset)
        return calls

    return put


def test_class_numbers_become_names(hold: Any) -> None:
    """Class numbers are turned into names; texts marked by -1 are left out and counted."""
    calls = hold(_data_set([0, -1, 2, 1]))
    texts = hub_texts(DataSpec(source="hub:owner/name", config="c", revision="abc"), GENEROUS)
    assert calls == [("owner/name", "c", "validation", "abc")]
    assert texts.labels == ("entailment", "contradiction", "neutral")
    assert texts.text_a == ("p0", "p2", "p3")
    assert texts.text_b == ("h0", "h2", "h3")
    assert texts.source == "hub:owner/name"
    assert texts.notes == (
        "Revision of the data set: abc.",
        "1 of 4 texts have no gold label in the data set and are left out.",
    )


def test_columns_and_split_by_name(hold: Any) -> None:
    """Columns and split can be named as for a file."""
    calls = hold(_data_set([0, 1], question=["q0", "q1"], number=[7, 8]))
    spec = DataSpec(source="hub:owner/name", split="test", text_a="question", text_b="none", id="number")
    texts = hub_texts(spec, GENEROUS)
    assert calls[0][2] == "test"
    assert texts.text_a == ("q0", "q1")
    assert texts.ids == ("7", "8")
    assert texts.notes == ()


def test_label_none_keeps_every_text(hold: Any) -> None:
    """With `--label none` texts without a gold label stay."""
    hold(_data_set([-1, -1]))
    texts = hub_texts(DataSpec(source="hub:owner/name", label="none"), GENEROUS)
    assert texts.labels is None
    assert len(texts.ids) == 2


def test_a_split_without_any_label(hold: Any) -> None:
    """A hidden test split is refused with what to do."""
    hold(_data_set([-1, -1]))
    with pytest.raises(DataError, match=r"No text in the split test[\s\S]*--label none"):
        hub_texts(DataSpec(source="hub:owner/name", split="test"), GENEROUS)


def test_selected_rows(hold: Any) -> None:
    """A data set that shows only some of its rows, in another order, gives those."""
    hold(_data_set([0, 1, 2]).select([2, 0]))
    assert hub_texts(DataSpec(source="hub:owner/name"), GENEROUS).text_a == ("p2", "p0")


def test_plain_number_labels(hold: Any) -> None:
    """Labels without declared names are kept as they are, -1 again as none."""
    content = {"text": ["a", "b", "c"], "label": [1, -1, 0]}
    hold(datasets.Dataset.from_dict(content))
    assert hub_texts(DataSpec(source="hub:owner/name"), GENEROUS).labels == ("1", "0")


def test_problems_by_row(hold: Any) -> None:
    """Nested values in a text column and missing texts are listed like those of a file."""
    hold(datasets.Dataset.from_dict({"text": [["x"], ["y"]], "label": ["a", "b"]}))
    with pytest.raises(RowErrors, match="row 2, column 'text': a list"):
        hub_texts(DataSpec(source="hub:owner/name"), GENEROUS)


def test_missing_label_column(hold: Any) -> None:
    """A data set without labels is refused with the flag to give."""
    hold(datasets.Dataset.from_dict({"text": ["x"]}))
    with pytest.raises(DataError, match="--label none"):
        hub_texts(DataSpec(source="hub:owner/name"), GENEROUS)


def test_too_many_rows(hold: Any) -> None:
    """The limit on rows holds for the hub too."""
    hold(_data_set([0, 1, 2]))
    with pytest.raises(DataError, match=r"hub:owner/name \(validation\) has more than 2 rows"):
        hub_texts(DataSpec(source="hub:owner/name"), Limits(max_bytes=1000, max_rows=2))


def test_more_than_one_table(hold: Any) -> None:
    """Several splits at once are no table."""
    hold(datasets.DatasetDict({"train": _data_set([0])}))
    with pytest.raises(DataError, match="no single table"):
        hub_texts(DataSpec(source="hub:owner/name"), GENEROUS)


@pytest.mark.parametrize(
    "error, said",
    [
        (ValueError("Unknown split \"validation\". Should be one of ['test'].\nmore"), "Unknown split"),
        (datasets.exceptions.DatasetNotFoundError("doesn't exist on the Hub"), "doesn't exist"),
        (RuntimeError("Dataset scripts are no longer supported"), "scripts"),
        (ConnectionError(""), "ConnectionError"),
    ],
)
def test_errors_of_the_library(hold: Any, error: Exception, said: str) -> None:
    """What the library says is passed on in one line, with what to check."""
    hold(error)
    with pytest.raises(
        DataError, match=rf"split validation\) cannot be loaded:[^\n]*{said}[^\n]*\n.*data.split"
    ):
        hub_texts(DataSpec(source="hub:owner/name"), GENEROUS)


class _Hub(BaseHTTPRequestHandler):
    """Answers every question about a data set in the same way."""

    status = 404
    code = ""
    files: tuple[tuple[str, int], ...] = ()

    def do_GET(self) -> None:
        self.send_response(self.status)
        if self.code:
            self.send_header("X-Error-Code", self.code)
        self.end_headers()
        if self.status == 200:
            listed = [{"rfilename": name, "size": size} for name, size in self.files]
            # The sizes come only where they are asked for, as on the hub.
            siblings = listed if "blobs=" in self.path else [{"rfilename": name} for name, _ in self.files]
            answer = {"id": "owner/name", "sha": "5ea", "siblings": siblings, "tags": []}
            self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def _hub(status: int, code: str, files: tuple[tuple[str, int], ...] = ()) -> Iterator[str]:
    handler = type("Handler", (_Hub,), {"status": status, "code": code, "files": files})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _online(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    from huggingface_hub import HfApi, hf_api

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    monkeypatch.setattr("huggingface_hub.HfApi", lambda: HfApi(endpoint=endpoint, token=False))
    assert hf_api.HfApi is HfApi


@pytest.mark.parametrize(
    "status, code, said",
    [
        (404, "RepoNotFound", "has no data set 'owner/name', or it is private"),
        (401, "", r"refuses the data set[\s\S]*HF_TOKEN"),
        (404, "RevisionNotFound", "no revision 'v9'"),
        (403, "GatedRepo", r"is gated[\s\S]*HF_TOKEN"),
        (403, "", r"refuses the data set[\s\S]*HF_TOKEN"),
    ],
)
def test_answers_of_the_hub(
    monkeypatch: pytest.MonkeyPatch, hold: Any, status: int, code: str, said: str
) -> None:
    """Missing, private and gated data sets, a wrong token and a wrong revision are told apart."""
    calls = hold(_data_set([0]))
    with _hub(status, code) as endpoint:
        _online(monkeypatch, endpoint)
        with pytest.raises(DataError, match=said):
            hub_texts(DataSpec(source="hub:owner/name", revision="v9"), GENEROUS)
    assert calls == []


def test_revision_is_pinned(monkeypatch: pytest.MonkeyPatch, hold: Any) -> None:
    """The commit that the hub names is what is loaded, and is noted."""
    calls = hold(_data_set([0]))
    with _hub(200, "") as endpoint:
        _online(monkeypatch, endpoint)
        texts = hub_texts(DataSpec(source="hub:owner/name"), GENEROUS)
    assert calls[0][3] == "5ea"
    assert texts.notes == ("Revision of the data set: 5ea.",)


def test_refused_connection(monkeypatch: pytest.MonkeyPatch, hold: Any) -> None:
    """A hub that refuses the connection is named, with what to check."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{closed.getsockname()[1]}"
    _online(monkeypatch, endpoint)
    with pytest.raises(DataError, match=rf"The hub {endpoint} cannot be reached[\s\S]*HF_HUB_OFFLINE=1"):
        hub_texts(DataSpec(source="hub:owner/name"), GENEROUS)


FILES = (
    ("README.md", 10),
    ("small/train.parquet", 400),
    ("small/test.parquet", 500),
    ("big/train.parquet", 9000),
)


def test_size_cap_holds_before_the_download(monkeypatch: pytest.MonkeyPatch, hold: Any) -> None:
    """Files that the listing says are larger together than a data file may be are never fetched."""
    calls = hold(_data_set([0]))
    with _hub(200, "", FILES) as endpoint:
        _online(monkeypatch, endpoint)
        for config, total in ((None, "9,910"), ("big", "9,000")):
            with pytest.raises(DataError, match=rf"have {total} bytes[\s\S]*1,000 \(TRUST_MAX_DATA_MIB\)"):
                hub_texts(DataSpec(source="hub:owner/name", config=config), Limits(1000, 10))
        assert calls == []
        hub_texts(DataSpec(source="hub:owner/name", config="small"), Limits(1000, 10))
    assert len(calls) == 1


@pytest.mark.parametrize("answers", [True, False])
def test_secrets_in_the_address_are_not_shown(
    monkeypatch: pytest.MonkeyPatch, hold: Any, answers: bool
) -> None:
    """A password in HF_ENDPOINT reaches no message, whether the hub answers or not."""
    hold(_data_set([0]))
    with _hub(500, "") as served:
        endpoint = served if answers else closed_port()
        _online(monkeypatch, endpoint.replace("http://", "http://someone:hidden@"))
        with pytest.raises(DataError, match=f"The hub {endpoint} ") as caught:
            hub_texts(DataSpec(source="hub:owner/name"), GENEROUS)
    assert "hidden" not in str(caught.value)
    assert "someone" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "error",
    [
        ValueError("Couldn't read https://someone:hidden@hub.example/a.parquet?token=hidden now"),
        OSError("Illegal header value b'Bearer hidden'"),
        errors.HTTPError("Illegal header value b'Bearer hidden'"),
        RuntimeError("401 for hf_hidden"),
    ],
)
def test_secrets_in_what_the_library_says_are_not_shown(hold: Any, error: Exception) -> None:
    """Passwords, queries and tokens in the library's own message are left out of ours."""
    hold(error)
    with pytest.raises(DataError, match="cannot be loaded: ") as caught:
        hub_texts(DataSpec(source="hub:owner/name"), GENEROUS)
    assert "hidden" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.slow
@pytest.mark.parametrize("listening", [True, False])
def test_unreachable_hub_is_reported_in_time(listening: bool) -> None:
    """A fresh process gives up within 15 seconds on a hub that refuses, and on one that never answers."""
    with socket.socket() as hole:
        hole.bind(("127.0.0.1", 0))
        if listening:
            hole.listen(8)
        environment = {k: v for k, v in os.environ.items() if not k.endswith("_OFFLINE")}
        environment["HF_ENDPOINT"] = f"http://127.0.0.1:{hole.getsockname()[1]}"
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", _ASK],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert "cannot be reached" in done.stdout, done.stderr
    assert float(done.stdout.split()[-1]) < 15
    assert time.monotonic() - began < 60
