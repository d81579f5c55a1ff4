"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "0372f0c97703b1441c36b104f9fde4ca8c211b3556d53bbf8445573d845bf749"  # digests.toml
DATA = "58dc758d172c3c740acd8ea66f75d855968be8117975194736b3a5a5800edeff"  # all files of the data
