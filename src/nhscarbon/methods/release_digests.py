"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "ac4f62436b61c57758e1788382c31b8ff769bd24a69c68e89fc410e6e032bf9a"  # digests.toml
DATA = "7d41441aa87a19d4c7fe36515a6ffe587c6188aa6a4702821c17e608d0cba426"  # all files of the data
