"""The digests of this release, which no edit of the data reaches; written by tools/seal.py."""

from __future__ import annotations

from collections.abc import Mapping

METHODOLOGIES: Mapping[str, str] = {
    "nhs-2026.1": "d2375fbd36b291c21394d5496d9af6cea549b856f7075581989feb78cae0a7be",
}  # published ones, with all that they pin
DIGESTS = "e74440cec66f22d4289c5a063b10e49cd46dbf04e075b7b251ad5cc7d0420b69"  # digests.toml
DATA = "9588e24ef4a44b1f9883497d6171033dd50c6ba3976a2bac7bbb40ac4d973546"  # all files of the data
