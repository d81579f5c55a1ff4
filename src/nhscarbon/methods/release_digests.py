"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "0e09081c9ff8d472f7610e6f35b0be8248deb3db42b70405f1c7ceb9ba6d5e4b"  # digests.toml
DATA = "998d1d902001c3b4baab64c7a27e9f998ff7fb1561c732f4a0bb4947bf5be35f"  # all files of the data
