"""Models that are loaded when the first piece of work needs them, and gone when the last is done."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from types import TracebackType

from trust_core.domain.spec import Spec
from trust_core.domain.texts import TextPair
from trust_core.errors import DeviceFull, RunConflict
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

KEPT_BYTES = 512 * 2**20
"""Models stay loaded between their pieces of work while all of them together are no larger."""

KEPT_SHARE = 20
"""On a GPU they may also take no more than one part in so many of its memory."""


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
    """One member of a run, in a `with` block; a resumed run that has nothing left to do never loads it.

    Args:
        member: which one.
        classes: of the run, k of them.
        device: where it computes.
        batch_tokens: tokens of a batch.
        compute: how it computes.
        make_room: asked when it does not fit into memory; whether that let go of anything.

    Attributes:
        member: which one.
        bytes: memory that its weights take now; 0 where nothing is loaded.
    """

    def __init__(
        self,
        member: Member,
        classes: tuple[str, ...],
        *,
        device: Device,
        batch_tokens: int,
        compute: Compute = AS_TORCH,
        make_room: Callable[[], bool] = lambda: False,
    ) -> None:
        self.member = member
        self.bytes = 0
        self._classes = classes
        self._device = device
        self._batch_tokens = batch_tokens
        self._compute = compute
        self._make_room = make_room
        self._stack = ExitStack()
        self._loaded: LoadedModel | None = None
        self._engine: Engine | None = None
        self._network: TorchClassifier | None = None

    def __enter__(self) -> ResidentModel:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of what is loaded."""
        self._engine = self._loaded = self._network = None
        self.bytes = 0
        self._stack.close()

    @property
    def loaded(self) -> LoadedModel:
        """The model, loaded now if it was not before.

        Raises:
            RunConflict: its files are not those that were inspected.
            DeviceFull: it does not fit into memory, though all others were let go.
        """
        if self._loaded is None:
            self._loaded = self._load(self._compute)
        return self._loaded

    @property
    def network(self) -> TorchClassifier:
        """The model as torch computes it in single precision, for its gradients; whatever else computes."""
        if self._network is None:
            # Where torch computes the answers as well, one copy of the weights does for both.
            classifier = (self.loaded if self._as_torch() else self._load(AS_TORCH)).classifier
            # An ONNX graph is refused before.
            assert isinstance(classifier, TorchClassifier)
            self._network = classifier
        return self._network

    @property
    def engine(self) -> Engine:
        """Its engine."""
        if self._engine is None:
            self._engine = Engine(self.loaded.classifier, batch_tokens=self._batch_tokens)
        return self._engine

    def _as_torch(self) -> bool:
        """Whether the answers are certain to come from torch in single precision."""
        by_torch = self._compute.backend == "torch" or self._device.torch_name != "cpu"
        return by_torch and self._compute.precision == "fp32"

    def _load(self, compute: Compute) -> LoadedModel:
        if self.member.inspected.checkpoint.changed:
            raise RunConflict(
                f"The files of the model {self.member.name!r} have changed since the run looked at them.",
                remedy="Start again, and leave the folder of the model alone until the run has ended.",
            )
        try:
            return self._built(compute)
        except DeviceFull:
            if not self._make_room():
                raise
        # What the first attempt has left is held by its error alone.
        gc.collect()
        return self._built(compute)

    def _built(self, compute: Compute) -> LoadedModel:
        loaded = self._stack.enter_context(
            resident(
                self.member.inspected,
                device=self._device,
                classes=self._classes,
                order=self.member.columns,
                name=self.member.name,
                compute=compute,
            )
        )
        self.bytes += loaded.footprint.memory_bytes
        return loaded


class ResidentModels:
    """The members of a run, in a `with` block: those used last stay loaded as far as they are small.

    A run comes back to each of its models in every round; loading and converting a small one takes longer
    than its work there. Of large ones there is one at a time.
    """

    def __init__(
        self,
        classes: tuple[str, ...],
        *,
        device: Device,
        batch_tokens: int,
        compute: Compute = AS_TORCH,
        kept_bytes: int = KEPT_BYTES,
    ) -> None:
        if device.total_bytes is not None:
            kept_bytes = min(kept_bytes, device.total_bytes // KEPT_SHARE)
        self._classes = classes
        self._device = device
        self._batch_tokens = batch_tokens
        self._compute = compute
        self._kept_bytes = kept_bytes
        self._kept: dict[tuple[str, ...], ResidentModel] = {}

    def __enter__(self) -> ResidentModels:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._let_go_until(lambda: not self._kept)

    @contextmanager
    def of(self, member: Member) -> Iterator[ResidentModel]:
        """The member for the length of a `with` block, and after it as long as there is room."""
        facts = member.inspected.facts
        key = (member.name, facts.content_hash, *map(str, member.columns))
        model = self._kept.pop(key, None)
        if model is None:
            # How large it is in memory is known once it is loaded.
            self._make_room(member.inspected.checkpoint.loaded_bytes)
            model = ResidentModel(
                member,
                self._classes,
                device=self._device,
                batch_tokens=self._batch_tokens,
                compute=self._compute,
                make_room=partial(self._let_go_but, key),
            )
        self._kept[key] = model
        yield model
        self._make_room(0)

    def _make_room(self, wanted: int) -> None:
        """Release the models used longest ago until the others leave as many bytes."""
        self._let_go_until(
            lambda: sum(model.bytes for model in self._kept.values()) + wanted <= self._kept_bytes
        )

    def _let_go_but(self, key: tuple[str, ...]) -> bool:
        """Release all other models; whether one of them was loaded."""
        others = [self._kept.pop(other) for other in list(self._kept) if other != key]
        freed = any(model.bytes for model in others)
        for model in others:
            model.close()
        return freed

    def _let_go_until(self, enough: Callable[[], bool]) -> None:
        while self._kept and not enough():
            self._kept.pop(next(iter(self._kept))).close()
