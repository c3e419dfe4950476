"""A model that is loaded when the first piece of work needs it, and gone when the last is done."""

from __future__ import annotations

from contextlib import ExitStack
from types import TracebackType

from trust_core.inference.engine import Engine
from trust_core.models.device import Device
from trust_core.models.facts import LoadedModel
from trust_core.models.loader import resident
from trust_core.pipeline.plan import Member


class ResidentModel:
    """One member of a run, in a `with` block; a resumed run that has nothing left to do never loads it."""

    def __init__(
        self, member: Member, classes: tuple[str, ...], *, device: Device, batch_tokens: int
    ) -> None:
        self.member = member
        self._classes = classes
        self._device = device
        self._batch_tokens = batch_tokens
        self._stack = ExitStack()
        self._loaded: LoadedModel | None = None
        self._engine: Engine | None = None

    def __enter__(self) -> ResidentModel:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._engine = self._loaded = None
        self._stack.close()

    @property
    def loaded(self) -> LoadedModel:
        """The model, loaded now if it was not before."""
        if self._loaded is None:
            self._loaded = self._stack.enter_context(
                resident(
                    self.member.inspected,
                    device=self._device,
                    classes=self._classes,
                    order=self.member.columns,
                    name=self.member.name,
                )
            )
        return self._loaded

    @property
    def engine(self) -> Engine:
        """Its engine."""
        if self._engine is None:
            self._engine = Engine(self.loaded.classifier, batch_tokens=self._batch_tokens)
        return self._engine
