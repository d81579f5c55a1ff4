"""Hold the data against the release: its digests stand in the code, not beside the data that they vouch for."""

from __future__ import annotations

import hashlib
from pathlib import Path

from nhscarbon.errors import IntegrityError
from nhscarbon.methods import release_digests
from nhscarbon.methods.data_package import DIGESTS, data_root, digest_of

ADVICE = "Re-install nhscarbon. If you changed the data on purpose, run tools/seal.py."


def data_digest(root: Path) -> str:
    """Return the SHA-256 over every file of a data folder, hidden ones aside."""
    return digest_of({
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in path.relative_to(root).parts)
    })  # fmt: skip


def digests_digest(root: Path) -> str:
    """Return the SHA-256 of the list of digests of a data folder."""
    return hashlib.sha256((root / "methodologies" / DIGESTS).read_bytes()).hexdigest()


def release_faults(root: Path) -> list[str]:
    """Return in words what of a data folder is not that of the release; nothing where all is.

    An edit of a file, of the descriptor that has its hash and of the list of digests together is seen, as the code
    knows the digest of all data.
    """
    faults = []
    if digests_digest(root) != release_digests.DIGESTS:
        faults.append(f"{DIGESTS} is not the list of the release: what it says of packages proves nothing")
    found = data_digest(root)
    if found != release_digests.DATA:
        faults.append(
            f"the data are not those of the release: their hash is {found[:12]}, "
            f"the release has {release_digests.DATA[:12]}. {ADVICE}"
        )
    return faults


def refuse_unreleased(id: str, digest: str, root: Path) -> None:
    """Refuse a methodology that ships, if a file of it or of a package that it pins is not that of the release.

    Raises
    ------
    IntegrityError
        If its digest is not the one in the code. Of a data folder of one's own nothing is known.
    """
    released = release_digests.METHODOLOGIES.get(id)
    if released is not None and released != digest and root == data_root():
        raise IntegrityError(
            f"methodology '{id}' is not the one that was published: its hash is {digest[:12]}..., "
            f"the release has {released[:12]}. Nothing of it was used.",
            advice=ADVICE,
        )
