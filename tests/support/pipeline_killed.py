"""A run that is killed: `python pipeline_killed.py SIGNAL AFTER ARGUMENT...` sends itself the signal.

The signal comes while the shard after `AFTER` finished ones is being written.
"""

from __future__ import annotations

import os
import signal
import sys

from trust_core.cli.main import main
from trust_core.store import shards

written = 0
write = shards.write_atomically


def writing(path: object, content: bytes) -> None:
    """Write a shard, or end in the middle of it."""
    global written  # noqa: PLW0603 - counts over the life of this process
    if written == int(sys.argv[2]):
        partial = path.with_name(f".{path.name}.{os.getpid()}.partial")  # type: ignore[attr-defined]
        partial.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(content[: len(content) // 2])
        os.kill(os.getpid(), signal.Signals[sys.argv[1]])
    write(path, content)  # type: ignore[arg-type]
    written += 1


if __name__ == "__main__":
    # A process that was started in the background of a shell may have inherited that Ctrl-C is ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    shards.write_atomically = writing
    sys.exit(main(sys.argv[3:]))
