"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "d6c528e430a27790bb31c33ef760f5b57e907315553d1e9ed80785b2b89921b9"  # digests.toml
DATA = "1f4201f5efe3026d55d71f1a08138fb07c551ddab1e275397254e758bb5609d3"  # all files of the data
