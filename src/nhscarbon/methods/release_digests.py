"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "5612561e5f69982b35cb51582b17b0419c4a4cfe32c81fa2c0e101e709588788"  # digests.toml
DATA = "c66c880927623b53e023fbc55d66212e973459df65042c4c23dd8361636f02c9"  # all files of the data
