"""The parts of transformers that loading needs, imported without what it would drag along.

transformers imports torchao where it is installed, which costs about a second and prints warnings about
extensions that nobody asked for. torchao is hidden from it here; `compress.int8` imports it when it is used.
"""

from __future__ import annotations

import contextlib
import sys
import warnings
from collections.abc import Iterator


@contextlib.contextmanager
def _hidden(name: str) -> Iterator[None]:
    """Make a package look absent for a while, unless it is imported already."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # how the import system itself marks an absent module
    try:
        yield
    finally:
        del sys.modules[name]


with _hidden("torchao"):
    import transformers
    from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer, PreTrainedModel

__all__ = [
    "AutoConfig",
    "AutoModelForSequenceClassification",
    "AutoTokenizer",
    "PreTrainedModel",
    "quiet_transformers",
]


@contextlib.contextmanager
def quiet_transformers() -> Iterator[None]:
    """Keep transformers from drawing progress bars and reports: what matters is raised as an error."""
    level = transformers.logging.get_verbosity()
    bars = transformers.logging.is_progress_bar_enabled()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        transformers.logging.set_verbosity(level)
        if bars:
            transformers.logging.enable_progress_bar()
