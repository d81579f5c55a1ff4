"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "8a05009bc084de8a67d03165536b84f085ea7284a089c671709855dccae4b11e"  # digests.toml
DATA = "a8db02e576bc2bc123567cf3e14f3f7ef6e1475f083e2828debb257d8ff32bde"  # all files of the data
