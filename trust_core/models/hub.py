"""Models of the Hugging Face hub: pinned to a commit first, weighed before the download.

Only configs, tokenizers, safetensors or ONNX weights and the model card are ever fetched: no pickled
weights, no code. HF_ENDPOINT, HF_TOKEN, HF_HOME and HF_HUB_OFFLINE mean what they mean to huggingface_hub.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from threading import Thread
from typing import TypeVar

from huggingface_hub import HfApi, constants, hf_hub_download, snapshot_download
from huggingface_hub import errors as hub_errors
from huggingface_hub.utils.tqdm import disable_progress_bars

from trust_core.errors import HubError, ModelError, ModelNotFound, ModelRefused, without_secrets
from trust_core.models.checkpoint import TOKENIZER_FILES
from trust_core.models.names import HubId

PATIENCE_S = 12.0
"""How long the hub may take to say what it has; the download itself may take longer."""

_ALWAYS = ("config.json", "README.md", *TOKENIZER_FILES)
_SAFETENSORS = ("model.safetensors", "model.safetensors.index.json", "model-*-of-*.safetensors")
_ONNX = ("model.onnx", "model.onnx[._]data", "onnx/model.onnx", "onnx/model.onnx[._]data")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_REQUEST_TIMEOUT_S = 8.0

Answer = TypeVar("Answer")


def fetch_snapshot(
    hub_id: HubId, max_bytes: int, *, endpoint: str | None = None, patience_s: float = PATIENCE_S
) -> tuple[Path, str]:
    """Fetch a model into the hub's cache, or find it there.

    Args:
        hub_id: which model; its revision is resolved to a commit before anything is fetched.
        max_bytes: refuse a model whose files are larger together.
        endpoint: the hub's address; None takes HF_ENDPOINT, else the public hub.
        patience_s: give up on an answer (not a download) after that long.

    Returns:
        The folder of the snapshot, and the commit.

    Raises:
        ModelNotFound: no such model or revision, or a private one without the right token.
        ModelRefused: too large, or no safetensors or ONNX weights.
        HubError: the hub cannot be reached, or refuses.
    """
    disable_progress_bars()
    place = endpoint or constants.ENDPOINT
    if constants.is_offline_mode():
        return _cached(hub_id, "HF_HUB_OFFLINE is set, so the hub is not asked")
    api = HfApi(endpoint=place)
    revision = hub_id.revision

    def ask() -> tuple[str, Mapping[str, int]]:
        info = api.model_info(hub_id.id, revision=revision, files_metadata=True, timeout=_REQUEST_TIMEOUT_S)
        return str(info.sha), {entry.rfilename: entry.size or 0 for entry in info.siblings or ()}

    try:
        commit, sizes = _within(patience_s, ask)
    except Exception as error:  # noqa: BLE001  (the client lets through its transport's errors, too)
        if revision and _COMMIT.fullmatch(revision) and _unreachable(error):
            return _cached(hub_id, _why_unreachable(error, place))
        raise _explained(error, hub_id, place) from None
    names = _wanted(sizes)
    _check_listing(hub_id, names, sizes, max_bytes)
    try:
        paths = [Path(hf_hub_download(hub_id.id, name, revision=commit, endpoint=place)) for name in names]
    except Exception as error:  # noqa: BLE001  (as above)
        raise _explained(error, hub_id, place) from None
    return paths[names.index("config.json")].parent, commit


def _within(patience_s: float, ask: Callable[[], Answer]) -> Answer:
    """What `ask` answers, unless it takes too long.

    A timeout of the client counts for each address that a name resolves to, and not for the resolving:
    only a clock of our own bounds the whole. The thread is a daemon, so it keeps nobody from leaving.
    """
    answers: list[Answer] = []
    failures: list[Exception] = []

    def run() -> None:
        try:
            answers.append(ask())
        except Exception as error:  # noqa: BLE001  (handed to the caller's thread)
            failures.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(patience_s)
    if failures:
        raise failures[0]
    if not answers:
        raise TimeoutError(f"no answer in {patience_s:g} s")
    return answers[0]


def _wanted(sizes: Mapping[str, int]) -> list[str]:
    """The files to fetch: safetensors where there are any, else ONNX."""

    def matching(patterns: Sequence[str]) -> list[str]:
        return [name for name in sorted(sizes) if any(fnmatchcase(name, pattern) for pattern in patterns)]

    weights = matching(_SAFETENSORS[:1]) or matching(_SAFETENSORS[1:]) or matching(_ONNX)
    return [*matching(_ALWAYS), *weights]


def _check_listing(hub_id: HubId, names: Sequence[str], sizes: Mapping[str, int], max_bytes: int) -> None:
    reasons = []
    if "config.json" not in names:
        reasons.append("it has no config.json")
    if not any(name.endswith((".safetensors", ".onnx")) for name in names):
        reasons.append("it has no safetensors or ONNX weights; pickled weights are never fetched")
    total = sum(sizes[name] for name in names)
    if total > max_bytes:
        gib = 1024**3
        reasons.append(
            f"it takes {total / gib:.2f} GiB; the limit is {max_bytes / gib:.2f} GiB (TRUST_MAX_MODEL_GIB)"
        )
    if reasons:
        raise ModelRefused(
            hub_id.id, reasons, remedy="Another revision (owner/name@revision) may have what is missing."
        )


def _cached(hub_id: HubId, why: str) -> tuple[Path, str]:
    """The snapshot in the cache, where it is complete enough to hold a config."""
    try:
        folder = Path(snapshot_download(hub_id.id, revision=hub_id.revision, local_files_only=True))
    except (OSError, ValueError):
        folder = None
    if folder is None or not (folder / "config.json").is_file():
        raise HubError(
            f"The model {_shown(hub_id)} is not in the hub's cache, and {why}.",
            remedy="Fetch it once with a connection, or copy it to a folder and name that.",
        )
    return folder, folder.name


def _explained(error: Exception, hub_id: HubId, endpoint: str) -> ModelError:
    """The error to raise for one of the client's, in our own words: the client's may hold secrets."""
    place = without_secrets(endpoint)
    shown = _shown(hub_id)
    status = getattr(getattr(error, "response", None), "status_code", None)
    match error:
        case hub_errors.GatedRepoError():
            return HubError(
                f"The model {shown} is gated: {place} gives it to accounts that accepted its conditions.",
                remedy=f"Ask for access at {place}/{hub_id.id}, then set HF_TOKEN to its token.",
            )
        case hub_errors.RevisionNotFoundError():
            return ModelNotFound(
                f"The model {hub_id.id!r} has no revision {hub_id.revision!r} at {place}.",
                allowed="A revision is a branch, a tag or a commit.",
            )
        case hub_errors.RepositoryNotFoundError():
            return ModelNotFound(
                f"There is no model {shown} at {place}, or it is private.",
                remedy="Check the spelling; for a private model set HF_TOKEN to a token that may read it.",
            )
        case hub_errors.HFValidationError():
            return ModelNotFound(f"{hub_id.id!r} is no valid hub id.", allowed="Write owner/name.")
    if status == 401:
        return HubError(
            f"{place} does not accept the token that is set.",
            remedy="Set HF_TOKEN to a valid token, or unset it: public models need none.",
        )
    if status is not None:
        meaning = {403: "the token has no right to it", 429: "too many requests: wait a while"}
        why = meaning.get(
            status, "the hub has a fault of its own: try again later" if status >= 500 else "refused"
        )
        return HubError(f"{place} answered {status} when asked for the model {shown}: {why}.")
    return HubError(
        f"The model {shown} cannot be fetched: {_why_unreachable(error, endpoint)}.",
        remedy="Check the connection and HF_ENDPOINT; HF_HUB_OFFLINE=1 takes what was fetched before; "
        "or name a folder.",
    )


def _unreachable(error: Exception) -> bool:
    return getattr(error, "response", None) is None and not isinstance(error, hub_errors.HFValidationError)


def _why_unreachable(error: Exception, endpoint: str) -> str:
    return f"{without_secrets(endpoint)} cannot be reached ({type(error).__name__})"


def _shown(hub_id: HubId) -> str:
    return repr(hub_id.id if hub_id.revision is None else f"{hub_id.id}@{hub_id.revision}")
