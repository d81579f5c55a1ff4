"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "cf3d29d4c54afc67691e781bd8606967270e8edcb3da2774802290157cfd75a9"  # digests.toml
DATA = "bd5338cf08d8dc51ed0fd61965475939c72508e09b5464ebb768e564b257ec97"  # all files of the data
