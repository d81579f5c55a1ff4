"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "521e947d278f0d94695e4320c28be992877ab9b8d610bdd49d705a38b0c3f6dc"  # digests.toml
DATA = "f1ab403aa4564e23738db8416773fbb9db5ff1d0af846a86b3a2f6365d43c1ef"  # all files of the data
