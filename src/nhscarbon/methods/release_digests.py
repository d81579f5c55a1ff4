"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "9d135b0eabc21e1b08ef50408b59de00d01fed54a119be0d98224d50b704ca49"  # digests.toml
DATA = "51ebdb7a18d51e2001dc8ddf538e62867b5515b4a615704bd6c1ed51deec23fa"  # all files of the data
