"""`python -m nhscarbon`: the same as the command `nhscarbon`."""

from __future__ import annotations

import sys

from nhscarbon.cli import main

if __name__ == "__main__":
    sys.exit(main())
