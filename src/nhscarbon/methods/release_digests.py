"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "c7c21c248dafd4698d8f1f3d9c6bfc1a4799b7ac040b2218c142834f634ff832"  # digests.toml
DATA = "76498524016d88f747af5da70f8ac381de6780fe129d8e2675a8a8a6dda2c986"  # all files of the data
