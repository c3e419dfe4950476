"""What surrounds the pages in the server: its start, the worker it brings along, headers of every answer."""

from __future__ import annotations

import gc
import importlib
import logging
import pkgutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from starlette.middleware import Middleware

from trust_core import ui
from trust_core.errors import TrustError
from trust_core.ui import visitor
from trust_core.ui.document import routes
from trust_core.ui.headers import SecurityHeaders

ENTRY: Final = Path(__file__).with_name("entry.py")

MIDDLEWARE: Final = (Middleware(SecurityHeaders),)

ROUTES: Final = tuple(routes())


def load_pages() -> None:
    """Load what pages need before the first visitor comes, and let it stay.

    After every run of a page Streamlit looks for garbage among all objects, and every visitor waits for it:
    of what was loaded here nothing ever is garbage, so it is not looked at again.
    """
    for module in pkgutil.walk_packages(ui.__path__, f"{ui.__name__}."):
        # The script of a visit runs as soon as it is loaded.
        if not module.name.endswith(f".{ENTRY.stem}"):
            importlib.import_module(module.name)
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Runs once a server: loads the pages, and starts a worker unless one runs or TRUST_START_WORKER is 0."""
    del app
    load_pages()
    try:
        visitor.web().start_worker_if_free()
    except TrustError as error:
        # The pages say so again, where the runs should be.
        logging.getLogger(__name__).warning("No worker was started: %s", error)
    yield None
