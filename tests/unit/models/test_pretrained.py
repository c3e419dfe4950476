"""What transformers says while models are loaded and converted."""

from __future__ import annotations

import logging

from transformers import modeling_utils

from trust_core.models import pretrained


class _Heard(logging.Handler):
    """Keeps what is said."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


class _Network(modeling_utils.PreTrainedModel):
    """A network whose kind of loss is unknown, as that of every classifier's inner part."""

    def __init__(self) -> None:
        self.loss_type = None


def test_the_loss_that_nobody_asked_for_is_not_spoken_of() -> None:
    """Looking at a network's loss says nothing; every other warning of the same module is heard."""
    assert pretrained.PreTrainedModel is modeling_utils.PreTrainedModel
    logger = logging.getLogger("transformers.modeling_utils")
    heard = _Heard()
    modeling_utils.logger.warning_once.cache_clear()
    logger.addHandler(heard)
    try:
        assert _Network().loss_function is not None
        logger.warning("weights are missing")
    finally:
        logger.removeHandler(heard)
    assert heard.messages == ["weights are missing"]
