"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "7978c3e82a2bbdfab3f13bcb61ae6b5426f81a6b40fcf6169be89df7ae81919d"  # digests.toml
DATA = "844b7bfc37f505743a512d1de2a9db86b3e884f05324999c076ecd2bd29de4d5"  # all files of the data
