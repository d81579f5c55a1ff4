"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "a548c225afe39913e035c52a571ee04e73a0d87b577cfde6e3d6bbb96ca75d5d"  # digests.toml
DATA = "e23dceea43ca5e48c2bd7e88a5addcc63697d5a2bed3be3101d349b41122c09b"  # all files of the data
