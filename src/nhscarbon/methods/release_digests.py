"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "b03ae66251d488993aec8dcd84b6ec0c8553c2e0e5211e73019efde778fe221f"  # digests.toml
DATA = "092a7e9219b961ce84c935d7090a6a16ad0c3f73bc3ee82113677f54d195997e"  # all files of the data
