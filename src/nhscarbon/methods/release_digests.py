"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "798ad0452108044600b940588980e5d5b0d5bfadc1a5f4db17076936951c34cb"  # digests.toml
DATA = "f56c84e4e39b1f6d962d62009f51f8d5755c1614ac953f9db184d9caca7b5835"  # all files of the data
