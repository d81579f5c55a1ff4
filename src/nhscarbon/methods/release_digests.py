"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "08c1daaed24b6981c8b764b5f0e516e636372bdcfd3d9839260683f79956e26e"  # digests.toml
DATA = "5e4d1503b83d53dec5812d62ba81f2d1dac3786f7f417a28ec30c06aa6912d60"  # all files of the data
