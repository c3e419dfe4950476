"""Settings of the machine, from TRUST_* variables, read once."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from trust_core.errors import SpecError

GIB = 1024**3
MIB = 1024**2

_NUMBER = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are kept and what is allowed.

    Attributes:
        home: the folder of the run registry (TRUST_HOME; default: the platform's data folder).
        model_roots: folders that local models may lie in (TRUST_MODEL_ROOTS, separated like PATH);
            None: any path typed on the command line.
        data_roots: likewise for data files (TRUST_DATA_ROOTS).
        max_model_bytes: largest model that is loaded (TRUST_MAX_MODEL_GIB, default 20).
        max_data_bytes: largest data file (TRUST_MAX_DATA_MIB, default 512).
        max_rows: most texts of a file (TRUST_MAX_ROWS, default 1,000,000).
        cache_bytes: results of earlier runs that are kept (TRUST_CACHE_GIB, default 2; 0: none).
        max_queue: most jobs that wait (TRUST_MAX_QUEUE, default 50).
        max_jobs_per_user: most jobs of one user that wait or run (TRUST_MAX_JOBS_PER_USER, default 10).
        openvino: whether the backend `auto` takes OpenVINO on the CPU (TRUST_OPENVINO, default 1).
        start_worker: whether the web server starts a worker where none runs (TRUST_START_WORKER, default 1).
        read_only: whether the app only shows what is there: no runs, uploads or changes (TRUST_READ_ONLY).
        address: of the web server (TRUST_ADDRESS; default: this machine alone).
        port: of the web server (TRUST_PORT, default 8501).
        hosts: further names under which browsers reach the web server (TRUST_HOSTS, separated by commas).
    """

    home: Path
    model_roots: tuple[Path, ...] | None = None
    data_roots: tuple[Path, ...] | None = None
    max_model_bytes: int = 20 * GIB
    max_data_bytes: int = 512 * MIB
    max_rows: int = 1_000_000
    cache_bytes: int = 2 * GIB
    max_queue: int = 50
    max_jobs_per_user: int = 10
    openvino: bool = True
    start_worker: bool = True
    read_only: bool = False
    address: str = "127.0.0.1"
    port: int = 8501
    hosts: tuple[str, ...] = ()

    @property
    def web_model_roots(self) -> tuple[Path, ...]:
        """Folders that models named in the app may lie in: without TRUST_MODEL_ROOTS `models` in the home."""
        return (self.home / "models",) if self.model_roots is None else self.model_roots

    @property
    def web_data_roots(self) -> tuple[Path, ...]:
        """Likewise for data files; without TRUST_DATA_ROOTS: `data` in the home."""
        return (self.home / "data",) if self.data_roots is None else self.data_roots


def settings_from(environment: Mapping[str, str]) -> Settings:
    """The settings that these variables describe.

    Raises:
        SpecError: a variable holds no positive number, or no path, where it must.
    """
    home = environment.get("TRUST_HOME")
    return Settings(
        home=_folder("TRUST_HOME", home) if home else user_data_path("trusteq"),
        model_roots=_roots(environment, "TRUST_MODEL_ROOTS"),
        data_roots=_roots(environment, "TRUST_DATA_ROOTS"),
        max_model_bytes=_positive(environment, "TRUST_MAX_MODEL_GIB", 20) * GIB,
        max_data_bytes=_positive(environment, "TRUST_MAX_DATA_MIB", 512) * MIB,
        max_rows=_positive(environment, "TRUST_MAX_ROWS", 1_000_000),
        cache_bytes=_positive(environment, "TRUST_CACHE_GIB", 2, least=0) * GIB,
        max_queue=_positive(environment, "TRUST_MAX_QUEUE", 50),
        max_jobs_per_user=_positive(environment, "TRUST_MAX_JOBS_PER_USER", 10),
        openvino=_switch(environment, "TRUST_OPENVINO", default=True),
        start_worker=_switch(environment, "TRUST_START_WORKER", default=True),
        read_only=_switch(environment, "TRUST_READ_ONLY", default=False),
        address=environment.get("TRUST_ADDRESS") or "127.0.0.1",
        port=_positive(environment, "TRUST_PORT", 8501),
        hosts=tuple(name.strip() for name in environment.get("TRUST_HOSTS", "").split(",") if name.strip()),
    )


def _roots(environment: Mapping[str, str], name: str) -> tuple[Path, ...] | None:
    value = environment.get(name)
    if not value:
        return None
    return tuple(_folder(name, part) for part in value.split(os.pathsep) if part)


def _folder(name: str, value: str) -> Path:
    try:
        return Path(value).expanduser().resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise SpecError(f"{name} holds {value!r}, which is no path: {error}.") from error


def _positive(environment: Mapping[str, str], name: str, default: int, *, least: int = 1) -> int:
    text = environment.get(name, "")
    if not text:
        return default
    if not _NUMBER.fullmatch(text) or int(text) < least:
        allowed = "It must be a whole number above 0." if least else "It must be a whole number."
        raise SpecError(f"{name} is {text!r}.", allowed=allowed)
    return int(text)


def _switch(environment: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = environment.get(name, "")
    if text not in ("", "0", "1"):
        raise SpecError(f"{name} is {text!r}.", allowed="It must be 1 (yes) or 0 (no).")
    return text == "1" if text else default
