"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "6d52368e967a336941ca493e18f0d146ac746110e845895a62c7e5375a78bf07"  # digests.toml
DATA = "2929929fc97fbbf6833fd3261f1ea1314a732e7da49dc82610a309c64f8a762d"  # all files of the data
