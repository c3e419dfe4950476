"""A model that is loaded when the first piece of work needs it, and gone when the last is done."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from types import TracebackType

from trust_core.domain.spec import Spec
from trust_core.domain.texts import TextPair
from trust_core.inference.engine import Engine
from trust_core.models.classifier import TorchClassifier
from trust_core.models.device import Device
from trust_core.models.facts import LoadedModel
from trust_core.models.forward import AS_TORCH, PROBES, Compute
from trust_core.models.loader import resident
from trust_core.models.policy import Policy
from trust_core.pipeline.plan import Member

PROBED = 24
"""Of a run's texts, so many are probes."""


def compute_of(spec: Spec, policy: Policy, pairs: Sequence[TextPair] = ()) -> Compute:
    """How a run's models compute; a backend or precision is tried on the first of its texts as well.

    Args:
        spec: says how.
        policy: knows where converted models are kept.
        pairs: the run's texts.
    """
    probes = (*pairs[:PROBED], *PROBES)
    backend = "torch" if spec.backend == "auto" and not policy.openvino else spec.backend
    return Compute(backend, spec.precision, probes=probes, cache=policy.cache)


class ResidentModel:
    """One member of a run, in a `with` block; a resumed run that has nothing left to do never loads it."""

    def __init__(
        self,
        member: Member,
        classes: tuple[str, ...],
        *,
        device: Device,
        batch_tokens: int,
        compute: Compute = AS_TORCH,
    ) -> None:
        self.member = member
        self._classes = classes
        self._device = device
        self._batch_tokens = batch_tokens
        self._compute = compute
        self._stack = ExitStack()
        self._loaded: LoadedModel | None = None
        self._engine: Engine | None = None
        self._network: TorchClassifier | None = None

    def __enter__(self) -> ResidentModel:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._engine = self._loaded = self._network = None
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
                    compute=self._compute,
                )
            )
        return self._loaded

    @property
    def network(self) -> TorchClassifier:
        """The model as torch computes it in single precision, for its gradients; whatever else computes."""
        if self._network is None:
            loaded = self._stack.enter_context(
                resident(
                    self.member.inspected,
                    device=self._device,
                    classes=self._classes,
                    order=self.member.columns,
                    name=self.member.name,
                )
            )
            # What `AS_TORCH` loads; an ONNX graph is refused before.
            assert isinstance(loaded.classifier, TorchClassifier)
            self._network = loaded.classifier
        return self._network

    @property
    def engine(self) -> Engine:
        """Its engine."""
        if self._engine is None:
            self._engine = Engine(self.loaded.classifier, batch_tokens=self._batch_tokens)
        return self._engine
