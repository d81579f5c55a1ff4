"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "c04f40d3d2f50bf340069183d22e4ef1dc505d4e1cff9371ad47c817cd14e4e9"  # digests.toml
DATA = "bdf1211bd081b2164b7171cfdecb5f4e1bcb80bd300e12a77541efe29e9afcc6"  # all files of the data
