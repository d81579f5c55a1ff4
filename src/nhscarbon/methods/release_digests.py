"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "3604f7aae0781711db2db3a1a3de9d200016360d87211fcf896b96f6e3a9aed0"  # digests.toml
DATA = "af42abcb9fe1910fb19a740ae907039a4cdf639b1db6deb2ad75560ea2cfdeb7"  # all files of the data
