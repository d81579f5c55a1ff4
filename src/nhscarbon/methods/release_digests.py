"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "3f0de9919f502e89d054226bd77b61cc0e15d46390e1666d8a79ae76a4a76499"  # digests.toml
DATA = "80eddbd1d79e98c3e7b756bd0323eb9b1496193971f85d96c38f1ba22dd5829b"  # all files of the data
