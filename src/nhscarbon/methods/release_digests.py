"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "0d960060d14d981c64b2245769540333696d664e8937a4cbceeef1cec9a16e30"  # digests.toml
DATA = "ff5d5b56b3a66a51e8ce37df62622c4915b71a9d3c8624f02a3cec2eb0967e15"  # all files of the data
