"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "745f8fdb2cf8a2239f07c43216a2c878e17af6e35b5068558ed6043154f1e4a7"  # digests.toml
DATA = "160961656627400f11a6f5e4f47104806196007b7e25fcc8b2abd96150b1d9ba"  # all files of the data
