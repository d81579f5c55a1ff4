"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "f0c9b40f3c52a512bc725775a10293854f7421d76fede31ca3183cc81c4ef95b"  # digests.toml
DATA = "64fe3eec5b8b3a6e1cd5125cb37cdd255e392d963652e1f0dce7d15bfdfeb1cf"  # all files of the data
