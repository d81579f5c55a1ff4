"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "9ae0f57904c63c1d7d7d31a27e0729d08e8a08e96b610685ed0ae422ea9234a7"  # digests.toml
DATA = "7333c4e62bb584c1b08b6c2a07aa6f5faeb3f955d02ec61b6e225a11bbf42de5"  # all files of the data
