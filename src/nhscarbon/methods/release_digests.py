"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "536fe744b03ce1b890c957adc51edd3a5bf6ef481585f52c8af924809900b75a"  # digests.toml
DATA = "bc3aca582662c87679d133d6fc0f3c6024f6fdd70f5eac231489c4db114e22ef"  # all files of the data
