"""What surrounds the pages in the server: start, end, and the headers of every answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

ENTRY: Final = Path(__file__).with_name("entry.py")

MIDDLEWARE: Final[tuple[Any, ...]] = ()


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Runs once a server."""
    del app
    yield None
