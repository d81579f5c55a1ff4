"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "e81445476ce703842373092b4a40b3bb9a4a7b51c4825ea5a270386d2900a07d"  # digests.toml
DATA = "f57997b2c70f50f024a482116ad00fa0ed9a97c4dd3e5d8009baa838cbbdd3c1"  # all files of the data
