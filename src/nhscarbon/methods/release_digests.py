"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "977a2adb7e7ee3d558cf6218baf2dc4374d6eca54d69af4c2cc14a54c2e393f9"  # digests.toml
DATA = "f3b889fbd73ecabfb50b26bc28a21e32845ad2b8ce6b74ee733ccf322b698426"  # all files of the data
