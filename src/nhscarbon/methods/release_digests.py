"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "71ea502db578a3918ba9603224510e255ec062fb8cbbc73eeef4fbb964f7f029"  # digests.toml
DATA = "3b402499698295cfb20da270b4c8565d6e7724f6dcf7971ae7a7f1513a0e9b2a"  # all files of the data
