"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "321888e5ccd90d467acca3242c7febaa7589c10e8a6d85215a6fe439d888d8c0"  # digests.toml
DATA = "3503711471e01321efbaa228d1511555d8ecc66a60a173b4b69a3ab3de0383c7"  # all files of the data
