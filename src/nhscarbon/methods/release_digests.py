"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "e00fc1b9a2d6a54b282299aee262f5af6bba31785d61d96058ce72fe4d7000dd"  # digests.toml
DATA = "10303963ec707ca527a3be6bb432a02933ed92a8c0f2ed5f54483b2f41c1ad79"  # all files of the data
