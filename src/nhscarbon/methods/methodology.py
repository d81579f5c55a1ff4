"""A methodology: a short file of pins to verified packages, frozen, with a digest of everything in it."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from nhscarbon.errors import IntegrityError, UsageError
from nhscarbon.methods.catalogue import Catalogue, load_catalogue
from nhscarbon.methods.data_package import DIGESTS, DataPackage, data_root, digest_of, frozen_digests, load_pinned
from nhscarbon.methods.factors import Conversion, Factor, FactorPackage, load_conversions, refuse
from nhscarbon.methods.release import refuse_unreleased
from nhscarbon.methods.units import Units, load_units
from nhscarbon.output.text import one_line

MANIFEST = "methodology.toml"


class FactorPin(BaseModel):
    """A factor package and the NHS years that it serves; the order of pins is their priority."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    package: str
    periods: tuple[str, ...]
    carry_forward: str = ""


class Manifest(BaseModel):
    """The `methodology.toml` of a methodology."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: str
    status: Literal["draft", "published", "withdrawn"]
    catalogue: str
    units: str
    conversions: tuple[str, ...]
    boundaries: str
    headline: str
    geography: str
    factors: tuple[FactorPin, ...]


@dataclass(frozen=True)
class Methodology:
    """One method with all its data: catalogue, units, factors, conversions and boundaries.

    `hashes` holds the SHA-256 of every file of it; `included` answers for every (boundary, category,
    component, scope) whether it counts; `overlays` names the packages that are used before the published editions.
    """

    manifest: Manifest
    digest: str
    units: Units
    catalogue: Catalogue
    conversions: tuple[Conversion, ...]
    packages: Mapping[str, FactorPackage]
    others: tuple[DataPackage, ...]
    included: Mapping[tuple[str, str, str, str], bool]
    hashes: Mapping[str, str]
    overlays: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return one_line(self, f"{self.id} ({self.status}), digest {self.digest[:12]}")

    @cached_property
    def answers(self) -> dict[object, object]:
        """What was resolved before: a methodology never changes, so no key needs to be looked up twice."""
        return {}

    @cached_property
    def served(self) -> dict[object, bool]:
        """Whether a key has factors, of those that a refusal asked for to name other units and years."""
        return {}

    @cached_property
    def worth(self) -> dict[object, float]:
        """What one unit of each key comes to in the widest boundary [kgCO2e], of those that were asked for."""
        return {}

    def __getstate__(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}  # without what was looked up

    @property
    def id(self) -> str:
        """The methodology's id, such as ``nhs-2026.1``."""
        return self.manifest.id

    @property
    def status(self) -> str:
        """``draft``, ``published`` or ``withdrawn``."""
        return self.manifest.status

    @property
    def headline(self) -> str:
        """The boundary that is meant when none is named."""
        return self.manifest.headline

    @cached_property
    def widest(self) -> str:
        """The boundary that counts all that the headline does, and most beside."""
        counted: dict[str, set[tuple[str, ...]]] = {name: set() for name in self.boundaries}
        for (boundary, *component), inside in self.included.items():
            if inside:
                counted[boundary].add(tuple(component))
        around = [name for name, inside in counted.items() if inside >= counted[self.headline]]
        return max(around, key=lambda name: len(counted[name]))

    @cached_property
    def boundaries(self) -> tuple[str, ...]:
        """The boundaries that a total can be asked for."""
        return tuple(dict.fromkeys(boundary for boundary, *_ in self.included))

    @cached_property
    def periods(self) -> tuple[str, ...]:
        """The NHS years that some pin serves, in order."""
        return tuple(sorted({year for pin in self.manifest.factors for year in pin.periods}))

    def factors(self, activity: str, year: str) -> tuple[Factor, ...]:
        """Return the factors of an activity in an NHS year: of the first published edition that has the component.

        Parameters
        ----------
        activity : str
            A catalogue code.
        year : str
            An NHS year such as ``"2023/24"``.

        Returns
        -------
        tuple[Factor, ...]
            Empty when no published edition has the activity in that year.
        """
        found: list[Factor] = []
        for factors in self.by_pin(activity, year):
            decided = {factor.component for factor in found}
            found += [factor for factor in factors if factor.component not in decided]
        return tuple(found)

    def by_pin(self, activity: str, year: str) -> list[list[Factor]]:
        """Return the factors of each published edition that serves a year, in the order of priority."""
        found = (
            [factor for factor in factors if pin.carry_forward or factor.covers(year)]
            for pin, factors in self._pins.get(activity, ())
            if year in pin.periods
        )
        return [factors for factors in found if factors]

    @cached_property
    def _pins(self) -> Mapping[str, list[tuple[FactorPin, list[Factor]]]]:
        """The pins that have an activity at all, in the order of priority: most have not."""
        found: dict[str, list[tuple[FactorPin, list[Factor]]]] = {}
        for pin in self.manifest.factors:
            for activity, factors in self.packages[pin.package].by_activity.items():
                found.setdefault(activity, []).append((pin, list(factors)))
        return found

    def conversions_of(self, activity: str) -> tuple[Conversion, ...]:
        """Return the conversions of an activity, and of the branches that it lies in (``spend.*``)."""
        branches = [activity[:place] + ".*" for place, letter in enumerate(activity) if letter == "."]
        return tuple(row for name in (activity, *branches) for row in self._conversions.get(name, ()))

    @cached_property
    def _conversions(self) -> Mapping[str, tuple[Conversion, ...]]:
        found: dict[str, tuple[Conversion, ...]] = {}
        for row in self.conversions:
            found[row.activity] = (*found.get(row.activity, ()), row)
        return found

    def needing(self, activity: str, components: tuple[str, ...]) -> tuple[str, ...]:
        """Return the boundaries that count any of some components of an activity."""
        category = self.catalogue.activities[activity].category
        needed = {name for component in components for name in self._counted_by.get((category, component), ())}
        return tuple(boundary for boundary in self.boundaries if boundary in needed)

    @cached_property
    def _counted_by(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """The boundaries that count a component of a category, in any scope."""
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for (boundary, category, component, _), included in self.included.items():
            if included:
                found[category, component] = (*found.get((category, component), ()), boundary)
        return found

    def __str__(self) -> str:
        years = f"{self.periods[0]} to {self.periods[-1]}"
        return (
            f"{self.id} ({self.status}), {self.manifest.title}\n"
            f"  {len(self.catalogue.activities)} activities, NHS years {years}, digest {self.digest[:12]}\n"
            f"  boundaries: {', '.join(self.boundaries)}"
        )


def methodology(id: str, *, root: Path | None = None) -> Methodology:
    """Load a methodology by its id and verify every package that it uses.

    Parameters
    ----------
    id : str
        Such as ``"nhs-2026.1"``.
    root : Path, optional
        Another data folder than the one that ships with nhscarbon.

    Returns
    -------
    Methodology
        Frozen; safe to share between threads and to pickle.

    Raises
    ------
    UsageError
        If there is no such methodology (the nearest names are suggested), or it was withdrawn.
    IntegrityError
        If any file of it is not the one that was published, or the data contradict each other.

    Examples
    --------
    >>> import nhscarbon as nc
    >>> nc.methodology("nhs-2026.1").status
    'published'
    """
    root = data_root() if root is None else root
    known = methodology_ids(root)
    if id not in known:
        near = get_close_matches(id, known, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(known)}"
        raise UsageError(f"there is no methodology '{id[:60]}'; {hint}")
    folder = root / "methodologies" / id
    manifest_bytes = (folder / MANIFEST).read_bytes()
    try:
        manifest = Manifest.model_validate(tomllib.loads(manifest_bytes.decode("utf-8")))
    except (ValueError, ValidationError) as error:
        raise IntegrityError(f"the manifest of '{id}' cannot be read: {error}") from error
    if manifest.status == "withdrawn":
        raise UsageError(
            f"methodology '{id}' was withdrawn and calculates nothing; choose another of {', '.join(known)}"
        )

    units_package = load_pinned(root, "units", manifest.units)
    catalogue_package = load_pinned(root, "catalogue", manifest.catalogue)
    conversion_packages = [load_pinned(root, "conversions", pin) for pin in manifest.conversions]
    units = load_units(units_package)
    factor_packages = {pin.package: load_pinned(root, "emission_factors", pin.package) for pin in manifest.factors}
    boundaries_bytes = (folder / manifest.boundaries).read_bytes()

    hashes = {
        f"{id}/{MANIFEST}": hashlib.sha256(manifest_bytes).hexdigest(),
        f"{id}/{manifest.boundaries}": hashlib.sha256(boundaries_bytes).hexdigest(),
    }
    for package in (units_package, catalogue_package, *conversion_packages, *factor_packages.values()):
        hashes |= {f"{package.label}/{name}": digest for name, digest in package.hashes.items()}
    digest = digest_of(hashes)
    frozen = frozen_digests(root).get(id, "none")
    if manifest.status == "published" and frozen != digest:
        raise IntegrityError(
            f"methodology '{id}' is not the one that was published: its hash is {digest[:12]}..., "
            f"{DIGESTS} has {frozen[:12]}.",
            advice="A correction is a new edition.",
        )
    refuse_unreleased(id, digest, root)
    catalogue = load_catalogue(catalogue_package)
    return Methodology(
        manifest=manifest,
        digest=digest,
        units=units,
        catalogue=catalogue,
        conversions=tuple(row for package in conversion_packages for row in load_conversions(package, units)),
        packages={pin: FactorPackage(package, units) for pin, package in factor_packages.items()},
        others=(units_package, catalogue_package, *conversion_packages),
        hashes=hashes,
        included=_boundaries(boundaries_bytes.decode("utf-8"), id, manifest.headline),
    )


def as_methodology(method: Methodology | str) -> Methodology:
    """Return a methodology, loaded if its id is given: what ``method=`` means in every public function."""
    return _shipped(method) if isinstance(method, str) else method


@lru_cache(maxsize=8)
def _shipped(id: str) -> Methodology:
    """Return a methodology of the data that ships: verified when it is first asked for, and frozen."""
    return methodology(id)


def methodology_ids(root: Path | None = None) -> tuple[str, ...]:
    """Return the ids of the methodologies in a data folder, in order."""
    root = data_root() if root is None else root
    return tuple(sorted(path.parent.name for path in (root / "methodologies").glob(f"*/{MANIFEST}")))


def _boundaries(text: str, id: str, headline: str) -> Mapping[tuple[str, str, str, str], bool]:
    header, *lines = (line.split(",") for line in text.splitlines())
    faults = [f"boundaries: row {n} '{','.join(line)}' is not yes or no" for n, line in enumerate(lines, start=2)
              if len(line) != len(header) or line[4] not in ("yes", "no")]  # fmt: skip
    included = {(line[0], line[1], line[2], line[3]): line[4] == "yes" for line in lines}
    if header != ["boundary", "category", "component", "scope", "included"]:
        faults.append(f"boundaries: header is {','.join(header)}")
    if len(included) < len(lines):
        faults.append("boundaries: a (boundary, category, component, scope) is decided twice")
    if headline not in {boundary for boundary, *_ in included}:
        faults.append(f"the main boundary '{headline}' is not defined")
    refuse(id, faults)
    return included
