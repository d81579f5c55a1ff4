"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "be029f7a4846e38813549712f7dc4776fbc69655458723f977017090c5342ab6"  # digests.toml
DATA = "ce7f88b891a725c4969348a71592d56002abd3ba906f843a1026a63279a9b433"  # all files of the data
