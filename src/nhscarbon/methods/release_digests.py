"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "7ebb63ff17cbd6f33c9ba59b8dfdf4d6d8e3c0337f75f3d19d6e2cbbbe83a04f"  # digests.toml
DATA = "a9492257740cad210433acaa8f52d634e53e29247589efc2c2c4be5374999760"  # all files of the data
