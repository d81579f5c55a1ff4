"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "d9651d12d36df6d3627e31aea1a34a94a4d95aa3d7b44dab83f6b72feb7e3e46"  # digests.toml
DATA = "577a82a9d08dfbb6112ce4161a0629a1e26fc5c4303fed971fb720906de4dd21"  # all files of the data
