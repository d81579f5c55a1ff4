"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "7c7f7fba526188ab77a534f5b87b452a5e5ad8a48234c3dbbadfabc45bc7700e"  # digests.toml
DATA = "7bffc7f925486617b1fdf74409eac14cc81c8c2808025aca0e81eb5f061b9a51"  # all files of the data
