"""A visit to the app without a browser: speaks the web socket of Streamlit, and says how long answers take.

A browser draws what it gets; what the server takes for it is the same for everybody, and is measured here.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

PATIENCE_S = 300.0

FINISHED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
"""The script has run to its end; otherwise it begins again, and the answer is still to come."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What the server took for one answer.

    Attributes:
        seconds: from what was sent to the end of the script, with everything received.
        first_chart_s: to the first chart; None where there was none.
        messages: elements that were sent.
        size: bytes of them.
        failed: whether an exception was shown.
    """

    seconds: float
    first_chart_s: float | None
    messages: int
    size: int
    failed: bool


@dataclass
class Visit:
    """One visitor with a connection of its own, until the `with` block ends.

    Attributes:
        port: of the server on this machine.
        query: what the address carries, such as `run=3fa9`.
        widgets: key -> (id, fragment) of every widget seen.
        values: id -> what the visitor has set.
    """

    port: int
    query: str
    widgets: dict[str, tuple[str, str]] = field(default_factory=dict)
    values: dict[str, WidgetState] = field(default_factory=dict)

    def __enter__(self) -> Self:
        host = f"127.0.0.1:{self.port}"
        self._page = ""
        self._socket = connect(
            f"ws://{host}/_stcore/stream",
            origin=Origin(f"http://{host}"),
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
            open_timeout=PATIENCE_S,
            ping_interval=None,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def open(self, page: str) -> Answered:
        """Open a page by its address."""
        self.widgets.clear()
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_name = page
        return self._asked(message)

    def change(self, key: str, *, trigger: bool = False, **value: Any) -> Answered:
        """Set a widget, as a click or a key does.

        Args:
            key: of the widget, or how it begins.
            trigger: whether it is a button, which stays down for one run.
            value: the field of its state and its content, such as `string_value="12"`.

        Raises:
            LookupError: the page has no such widget.
        """
        found = [name for name in self.widgets if name.startswith(key)]
        if not found:
            raise LookupError(f"The page has no widget {key!r}; it has {', '.join(sorted(self.widgets))}.")
        widget, fragment = self.widgets[found[0]]
        state = WidgetState(id=widget)
        for name, content in value.items():
            repeated = getattr(state, name)
            if name.endswith("array_value"):
                repeated.data.extend(content)
            else:
                setattr(state, name, content)
        if trigger:
            state.trigger_value = True
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self._page
        message.rerun_script.fragment_id = fragment
        states = {**self.values, widget: state}
        message.rerun_script.widget_states.widgets.extend(states.values())
        if not trigger:
            self.values[widget] = state
        return self._asked(message)

    def _asked(self, message: BackMsg) -> Answered:
        """Send it, and read until the script has ended."""
        began = time.perf_counter()
        self._socket.send(message.SerializeToString())
        first_chart, count, size, failed = None, 0, 0, False
        while True:
            content = self._socket.recv(timeout=PATIENCE_S, decode=False)
            reply = ForwardMsg.FromString(content)
            kind = reply.WhichOneof("type")
            if kind == "delta":
                count += 1
                size += len(content)
                element = reply.delta.new_element
                shape = element.WhichOneof("type")
                if shape == "plotly_chart" and first_chart is None:
                    first_chart = time.perf_counter() - began
                failed = failed or shape == "exception"
                self._note(reply, shape)
            elif kind == "new_session":
                self._page = reply.new_session.page_script_hash
            elif kind == "script_finished" and reply.script_finished in FINISHED:
                return Answered(time.perf_counter() - began, first_chart, count, size, failed)

    def _note(self, reply: ForwardMsg, shape: str | None) -> None:
        """Remember a widget by its key, which is the end of its id."""
        part = getattr(reply.delta.new_element, shape) if shape else reply.delta.add_block
        if not shape:
            kind = part.WhichOneof("type")
            part = getattr(part, kind) if kind else part
        name = getattr(part, "id", "")
        if isinstance(name, str) and name.startswith("$$ID-"):
            _, _, key = name.split("-", maxsplit=2)
            self.widgets[key] = (name, reply.delta.fragment_id)
