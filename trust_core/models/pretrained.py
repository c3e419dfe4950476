"""The parts of transformers that loading needs, imported without what it would drag along.

transformers imports torchao where it is installed, which costs about a second and prints warnings about
extensions that nobody asked for. torchao is hidden from it here; `compress.int8` imports it when it is used.
"""

from __future__ import annotations

import contextlib
import logging
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

_NEEDLESS = "`loss_type=None` was set in the config"
"""Conversion looks at every attribute of a network, also at its loss, which classification never asks for."""


def _worth_saying(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith(_NEEDLESS)


transformers.logging.get_logger("transformers.modeling_utils").addFilter(_worth_saying)

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
