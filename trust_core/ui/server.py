"""What surrounds the pages in the server: the worker it brings along, and the headers of every answer."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from starlette.middleware import Middleware

from trust_core.settings import settings_from
from trust_core.ui.document import routes
from trust_core.ui.headers import SecurityHeaders
from trust_core.wiring.web import workplace

ENTRY: Final = Path(__file__).with_name("entry.py")

MIDDLEWARE: Final = (Middleware(SecurityHeaders),)

ROUTES: Final = tuple(routes())


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Runs once a server: starts a worker where none runs, unless TRUST_START_WORKER is 0."""
    del app
    web = workplace(settings_from(os.environ))
    web.start_worker_if_free()
    # The worker stays while somebody holds on to `web`: it sees the lock that this server keeps.
    yield None
    del web
