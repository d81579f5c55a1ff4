"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "545ccfd06b8be77ba4eacadb889a12cdfd2069ecbc0349061a38195e534c07ae"  # digests.toml
DATA = "b68bbdf7608d111d30a3ea5d20184eddf4dac38cce2100b4cfeb47e38f4eb6c6"  # all files of the data
