"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "fc6e2ccbd215f937b3b4a2b105e43ecf0bfd686e5c8c87b3a616210b201c114e"  # digests.toml
DATA = "d352e7bb61ce965978a2c20a97734939171d65a1e8a5fcb8101144e733eeea63"  # all files of the data
