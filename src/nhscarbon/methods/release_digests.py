"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "25e74b02d70f6d0598b1c2ea8d5a00fc0b78a7254fe5c11db55238916521b52e"  # digests.toml
DATA = "bd5729142fcc202ad20c21f067d255a024a422e2b15d7c8057eaeb87bcc6aa02"  # all files of the data
