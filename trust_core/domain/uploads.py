"""What an upload is called: by the name that its owner gave it, not by its place on the server."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

FOLDER: Final = "uploads"
"""The folder of a home that holds them: FOLDER/owner/digest/name, owner and digest as below."""

EVERYONE: Final = "everyone"
"""The owner's part of the path where nobody signs in; else a digest."""

DIGITS: Final = 16
"""Letters of a digest in that path."""

_UPLOAD: Final = re.compile(
    rf"(?:^|[/\\]){FOLDER}[/\\](?:{EVERYONE}|[0-9a-f]{{{DIGITS}}})[/\\][0-9a-f]{{{DIGITS}}}[/\\](?P<name>[^/\\]+)$"
)


def called(path: str) -> str:
    """The name of an upload; any other path as it is."""
    found = _UPLOAD.search(path)
    return found["name"] if found else path


def all_called(content: Any) -> Any:
    """The same content as JSON knows it, with every upload in it called by its name."""
    if isinstance(content, str):
        return called(content)
    if isinstance(content, dict):
        return {name: all_called(value) for name, value in content.items()}
    if isinstance(content, list):
        return [all_called(value) for value in content]
    return content


def distinct(names: Sequence[str]) -> list[str]:
    """The names, those that repeat told apart by a number behind them."""
    found: list[str] = []
    for name in names:
        number, candidate = 1, name
        while candidate in found:
            number += 1
            candidate = f"{name} ({number})"
        found.append(candidate)
    return found
