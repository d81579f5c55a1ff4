"""The packages that decide what is checked and said: outside a methodology's digest, named in every stamp."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from nhscarbon.findings import texts_path
from nhscarbon.methods.data_package import data_root, load_package, stated_digest
from nhscarbon.methods.vocabulary import PACKAGE
from nhscarbon.methods.vocabulary import ROOM as WORDS
from nhscarbon.organisations.later import ENDING, split_name
from nhscarbon.organisations.later import ROOM as LATER
from nhscarbon.organisations.load import ROOM

ROOMS = ("checks", "gaps", "plausibility", "templates")  # folders of the data whose every package is used
ORGANISATIONS, NONE = "organisations", "none"  # what the stamp says where no code was looked up


@lru_cache(maxsize=8)
def packages_used(organisations: str | None) -> Mapping[str, str]:
    """Return the packages outside a methodology's digest that an assessment uses.

    Parameters
    ----------
    organisations : str or None
        The release that codes are looked up in, with what became known after it unless it is named with its version;
        None looks none up, and the mapping then holds ``{"organisations": "none"}``.

    Returns
    -------
    Mapping[str, str]
        The SHA-256 of each package by its label (``name@version``), in order. Those of checks are verified here, a
        release of organisations and the words where they are loaded; of the texts it is what their descriptor states.
    """
    root = data_root()
    folders = [folder for room in ROOMS if (root / room).is_dir() for folder in sorted((root / room).iterdir())]
    packages = [load_package(folder) for folder in folders if folder.is_dir()]
    used = {package.label: package.digest for package in packages}
    used |= [stated_digest(texts_path().parent)]  # texts and severities
    used |= [stated_digest(root / WORDS / PACKAGE.partition("@")[0])]  # of names of columns, and what is suggested
    if organisations is None:
        used[ORGANISATIONS] = NONE
    else:
        release, version = split_name(organisations)
        used |= [stated_digest(root / ROOM / release)]
        later = root / LATER / f"{release}{ENDING}"
        used |= [stated_digest(later)] if later.is_dir() and not version else []
    return dict(sorted(used.items()))


def release_certified(release: str, packages: Mapping[str, str]) -> str:
    """Return the release that a certificate names, with its version where nothing that became known later was used."""
    if any(label.startswith(f"{release}{ENDING}@") for label in packages):
        return release
    return next((label for label in packages if label.startswith(f"{release}@")), release)


def release_in(packages: Mapping[str, str]) -> str | None:
    """Return the release of organisations among the packages of a stamp; None where no code was looked up."""
    releases = {folder.name for folder in (data_root() / ROOM).iterdir()}
    return next((name for label in packages if (name := label.partition("@")[0]) in releases), None)
