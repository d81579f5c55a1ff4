"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "424b0493bd8417ae8dba45686310954f4d043ce2b04cbf05e97db7229c4d50b1"  # digests.toml
DATA = "4059052c398c9056b3f560218b25bbfbeda24def67d337395bea42747c352e2d"  # all files of the data
