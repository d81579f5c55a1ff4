"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "90ed70e2088faa02eb9981cb1cd1fe896e77fd38d5948b99d9d75881bffeca79"  # digests.toml
DATA = "c659bec5efb04b1b2391e59aebe29ad77b881a74ee34356ead434545def095f5"  # all files of the data
