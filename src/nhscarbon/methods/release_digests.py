"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "82151a4a89633fce9c059f6b4cef9d95b9973bde608e26934e7fe8bd93ecfc15"  # digests.toml
DATA = "09c1fa918902ee70b11f3605ee54270449f9b1cbdb6b02fa639406108f167770"  # all files of the data
