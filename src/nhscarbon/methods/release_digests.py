"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "867cf79fee7b5ad6b334046ebac200b5d5f5103f77561dfa157ed22671e8ff3d"  # digests.toml
DATA = "5aaebf2392d84058cb45e51550001d0de5ad1cbbe957c3ded133b2f206d16ac2"  # all files of the data
