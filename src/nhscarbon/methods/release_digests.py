"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "762fdb07d31009e8152fd8a401ec4aa9592e05282adcbbb1483979ab5ee7bc70"  # digests.toml
DATA = "63c261e2c9cd47b721b54a5e8c109b4a701f5850cc0df25dd1d02318ffbe5f4c"  # all files of the data
