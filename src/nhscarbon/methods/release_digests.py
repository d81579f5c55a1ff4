"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "b391f2de37f72b7913343363fa1ac593b625e6258687860dded10139a37402c7"  # digests.toml
DATA = "d25f5a5e9bb9e91a78e8c755e0a32ff45de95fa5d767d18f69162d2ed4e6dc31"  # all files of the data
