"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "eac450ef3e7ab2faac3ec60280d3b200ac47cfc34e8b023f867ceb4f7b9caf65"  # digests.toml
DATA = "26e44457896d1f0949605cf200d24afa6783fd1c5e8d4c09f8a784d47ab9674c"  # all files of the data
