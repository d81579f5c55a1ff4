"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "2be4039938d2f5cc5436c400e183f0fc7df8a36cc1b44162cfd7d14d63c572ee"  # digests.toml
DATA = "26936c32d085c645d57070a389e0d50b3fcb2fd2478bfa87bc25265bb1db7651"  # all files of the data
