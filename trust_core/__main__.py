"""`python -m trust_core`."""

from __future__ import annotations

import sys

from trust_core.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
