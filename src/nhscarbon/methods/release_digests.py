"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "f18b65103ea92db931be0b29de2ca907d83822e1ca0147aa024344ddecfa4588"  # digests.toml
DATA = "18e173fd18cf45d5e75b95ebab3ae18c3907524091cda08ea43bc04583caea49"  # all files of the data
