"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "93872b1108f0e45c06afe15bf76b027043ee459df7dd1ef3eaba4a262865b96d"  # digests.toml
DATA = "8cab7c8be9c179baa42df19ff3afd7c3e4aafbf31e400ef9d1959154455ddb02"  # all files of the data
