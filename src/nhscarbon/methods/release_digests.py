"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "effa1c3e73fb5e88fbd076bf495ac742764448549ed3e532810a8259bf55a9bd"  # digests.toml
DATA = "45dc3b42c1a7ca3eb4a6535eaf33026584b82aa918a889faf4a36739932f64a1"  # all files of the data
