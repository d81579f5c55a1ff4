"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "bd2bb87754f42982c8851e54dfbae282089ec7ebd7799c5b84d0a74da78405ca"  # digests.toml
DATA = "599eb2dbff923ba828a1c076a94365bb817f20f2bd64162d29de9293381fd133"  # all files of the data
