"""Text from outside, made fit to be shown: no control sequences, nothing that turns what follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

NAME: Final = 60
"""Characters of a name that are shown."""

_REPLACED: Final = "\ufffd"

_TURNING: Final = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

_CONTROLS: Final = (*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000))
"""C0 and C1 controls, and halves of surrogate pairs, which no encoder takes."""

_LINES: Final = dict.fromkeys((*_CONTROLS, *map(ord, _TURNING), 0x2028, 0x2029), _REPLACED)

_BLOCKS: Final = {code: sign for code, sign in _LINES.items() if chr(code) not in "\n\t\u200e\u200f\u061c"}


def titles(names: Sequence[str]) -> dict[str, str]:
    """What models are called in titles: of a path the folder's name, unless another one has it too."""
    last = {name: name.rstrip("/").rpartition("/")[2] if _is_path(name) else name for name in names}
    shared = Counter(last.values())
    return {name: short if short and shared[short] == 1 else name for name, short in last.items()}


def _is_path(name: str) -> bool:
    """A path as people write it; `owner/name` is a model of the hub."""
    return name.startswith(("/", "./", "../", "~")) or name.rstrip("/").count("/") > 1


def visible(text: str) -> str:
    """Text for a page: as it is, but for a sign in place of what would act unseen."""
    return text.translate(_BLOCKS)


def printable(text: str, *, longest: int = NAME) -> str:
    """Text for one line of a terminal: line breaks replaced as well, and cut to a length."""
    shown = text[: longest + 1].translate(_LINES)
    return shown if len(text) <= longest else shown[: longest - 1] + "…"
