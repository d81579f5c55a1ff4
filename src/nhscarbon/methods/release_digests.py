"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "1156105ee0943dbea6f4d753ee4a4c3db743c62f6b753672383023d062d69fe2"  # digests.toml
DATA = "bb81acd5eb13170704935f96c790331903199c69a045820e6f37964060ba2f94"  # all files of the data
