"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "ac137c155faac1b1d095e8076633fc64b434b7d44bf3830bb349f604ff70b9c3"  # digests.toml
DATA = "0b877275d6a3861bdbdc435f05e56117eeaf313c58e95b15dc3f533042b21205"  # all files of the data
