"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "d6375e312be78fa8aaa4fd1ae3d72b0db9c86c76a49a5bd38bb1bc0565035bd4"  # digests.toml
DATA = "7711aaa28c2c9b625cb29fe716ffa6e45574a39f67957f4e718264d2cd0465d3"  # all files of the data
