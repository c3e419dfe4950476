"""What the app may name: models and files inside the allowed folders, and the user's own uploads."""

from __future__ import annotations

from trust_core.datasets.limits import Limits, allowed_file
from trust_core.domain.spec import Spec
from trust_core.models.names import Folder, bundled_models, parse_name
from trust_core.models.policy import Policy, check_place
from trust_core.settings import Settings
from trust_core.store.uploads import Uploads

_NO_FILES = ("bundled:", "hub:")


def uploads_of(settings: Settings) -> Uploads:
    """The uploads of this home."""
    return Uploads(settings.home, max_bytes=settings.max_data_bytes)


def web_policy(settings: Settings) -> Policy:
    """What models the app may name."""
    return Policy(
        origin="given",
        roots=settings.web_model_roots,
        max_bytes=settings.max_model_bytes,
        cache=settings.home / "cache",
        openvino=settings.openvino,
    )


def web_limits(settings: Settings, owner: str) -> Limits:
    """What files the app may name for this user."""
    roots = (*settings.web_data_roots, uploads_of(settings).folder(owner))
    return Limits(settings.max_data_bytes, settings.max_rows, roots)


def admitted(spec: Spec, owner: str, settings: Settings) -> bool:
    """Check every model and file that a spec from the app names; returns whether it uses an upload.

    Looks at names and places alone: what is inside, the run itself checks.

    Raises:
        TrustError: a model or file that the app may not name, or that is not there.
    """
    policy, limits = web_policy(settings), web_limits(settings, owner)
    bundled = bundled_models()
    for name in (spec.reference, spec.twin_name, *spec.candidates):
        if name is None:
            continue
        source = parse_name(name, bundled=bundled)
        if isinstance(source, Folder):
            check_place(name, source.path, policy)
    files = [allowed_file(name, limits) for name in _files(spec)]
    return any(uploads_of(settings).holds(file) for file in files)


def _files(spec: Spec) -> list[str]:
    names = [
        *(spec.reference_predictions, spec.twin_predictions, *spec.candidate_predictions),
        spec.data.source if spec.data else None,
    ]
    return [name for name in names if name and not name.startswith(_NO_FILES)]
