"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "4e4d24d145149021e485cf2aa928caf005ac62a37ca022ca7216923ae87b4dd8"  # digests.toml
DATA = "9b489eeaa7f9f88dd2f38861366d250c8585c5848ee4b0342f34baebd823c9f5"  # all files of the data
