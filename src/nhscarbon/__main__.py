"""`python -m nhscarbon`: the same as the command `nhscarbon`."""

from __future__ import annotations

from nhscarbon.cli import command

if __name__ == "__main__":
    command()
