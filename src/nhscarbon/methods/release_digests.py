"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "d2e3801799cbcd0fa260b5810ca242cdef7d8753fbb16e009cc74513a0d1f9c8"  # digests.toml
DATA = "dcaa5f49e90f329717deaad86c22cebcc0c26e27ea187432c070ef814b55accf"  # all files of the data
