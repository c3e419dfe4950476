"""What surrounds the pages in the server: the worker it brings along, and the headers of every answer."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from starlette.middleware import Middleware

from trust_core.errors import TrustError
from trust_core.ui import visitor
from trust_core.ui.document import routes
from trust_core.ui.headers import SecurityHeaders

ENTRY: Final = Path(__file__).with_name("entry.py")

MIDDLEWARE: Final = (Middleware(SecurityHeaders),)

ROUTES: Final = tuple(routes())


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Runs once a server: starts a worker where none runs, unless TRUST_START_WORKER is 0."""
    del app
    try:
        visitor.web().start_worker_if_free()
    except TrustError as error:
        # The pages say so again, where the runs should be.
        logging.getLogger(__name__).warning("No worker was started: %s", error)
    yield None
