"""The closed vocabulary of units; pint lives here and nowhere else.

What a sender types is looked up in a table and never parsed, so a hostile or careless text cannot
become a unit. A change of dimension (litre to kg, gross to net) is no unit conversion: it happens
only through a cited row (`nhscarbon.methods.factors.Conversion`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from nhscarbon.errors import IntegrityError, UnitError
from nhscarbon.methods.data_package import DataPackage, data_root, load_pinned
from nhscarbon.methods.nearest import Spellings
from nhscarbon.output.text import short_repr

if TYPE_CHECKING:
    import pint


KG_PER_TONNE = 1000
LONGEST_UNIT = 64  # longer texts are refused before they are looked at
REMEMBERED = 1000  # unknown words whose nearest unit is kept


@dataclass(frozen=True)
class Units:
    """The units of one package: spellings, decimal scales and ratios.

    Parameters
    ----------
    definitions : str
        The whole pint registry as text, one definition a line.
    decimals : Mapping[str, int]
        Decimal places that a quantity in each unit is summed at.
    kinds : Mapping[str, str]
        What each unit measures; a test proves it against the registry's dimensions.
    labels : Mapping[str, str]
        The words for each unit.
    aliases : Mapping[str, str]
        Other spellings, and the unit that each one means.
    """

    definitions: str
    decimals: Mapping[str, int]
    kinds: Mapping[str, str]
    labels: Mapping[str, str]
    aliases: Mapping[str, str]
    _ratios: dict[tuple[str, str], float] = field(default_factory=dict, repr=False, compare=False)
    known_scales: dict[tuple[str, ...], tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)

    __repr__ = short_repr

    @cached_property
    def _spellings(self) -> dict[str, set[str]]:
        """Map case-folded spellings to the units that each may mean."""
        found: dict[str, set[str]] = {}
        for spelling, unit in [*((unit, unit) for unit in self.decimals), *self.aliases.items()]:
            found.setdefault(spelling.casefold(), set()).add(unit)
        return found

    def meant_by(self, folded: str) -> tuple[str, ...]:
        """Return the units that a spelling in small letters may mean, in order."""
        return tuple(sorted(self._spellings.get(folded, ())))

    @cached_property
    def _folded(self) -> dict[str, str]:
        """Map case-folded spellings to units, leaving out those that could mean two (ml, ML)."""
        return {spelling: min(units) for spelling, units in self._spellings.items() if len(units) == 1}

    @cached_property
    def _registry(self) -> pint.UnitRegistry[Decimal]:
        import pint  # noqa: PLC0415  0.3 s, and only needed where two units differ

        registry: pint.UnitRegistry[Decimal] = pint.UnitRegistry(None, non_int_type=Decimal)
        registry.load_definitions(self.definitions.splitlines())
        return registry

    def __getstate__(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in ("definitions", "decimals", "kinds", "labels", "aliases")} | {
            "_ratios": {},
            "known_scales": {},
        }

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)

    @cached_property
    def _near(self) -> dict[str, str]:
        """The nearest unit of each unknown word that was asked for: a word is compared once."""
        return {}

    @cached_property
    def _compared(self) -> tuple[dict[str, str], Spellings]:
        """The unit of each spelling in small letters, and the spellings to compare words with."""
        spellings = {**{name.casefold(): name for name in self.decimals}, **self._folded}
        return spellings, Spellings(spellings)

    def canonical(self, text: str) -> str:
        """Return the unit that a sender's spelling means.

        Parameters
        ----------
        text : str
            The unit as typed; surrounding space, case and Unicode forms are forgiven.

        Returns
        -------
        str
            A unit of the vocabulary, such as ``"kWh"``.

        Raises
        ------
        UnitError
            If no spelling in the table, or more than one unit, fits.
        """
        unit = self.known(text)
        if unit is None:
            raise self.unknown(text)
        return unit

    def known(self, text: str) -> str | None:
        """Return what `canonical` does, or None where that raises; no word is compared with others."""
        if text in self.decimals:
            return text
        if text in self.aliases:
            return self.aliases[text]
        plain = _plain(text)
        if len(plain) > LONGEST_UNIT:
            return None
        return plain if plain in self.decimals else self.aliases.get(plain) or self._folded.get(plain.casefold())

    def unknown(self, text: str) -> UnitError:
        """Return the error of a word that is no unit, which suggests the nearest."""
        plain = _plain(text)
        near = self.nearest(plain)
        hint = f"Did you mean '{near}'?" if near else "`nhscarbon method show` lists the units"
        return UnitError(f"'{plain[:LONGEST_UNIT]}' is not a unit in the vocabulary", advice=hint)

    def nearest(self, text: str) -> str:
        """Return the unit whose spelling is nearest to `text`, or an empty string."""
        if text not in self._near:
            if len(self._near) >= REMEMBERED:
                self._near.clear()
            spellings, compared = self._compared
            plain = text.casefold()
            found = compared.close_to(plain, most=1, cutoff=0.75)
            swapped = (
                {unit for name, unit in spellings.items() if sorted(name) == sorted(plain)} if len(plain) > 2 else ()
            )
            self._near[text] = spellings[found[0]] if found else swapped.pop() if len(swapped) == 1 else ""
        return self._near[text]

    def same_kind(self, first: str, second: str) -> bool:
        """Tell whether two units of the vocabulary measure the same kind of thing."""
        return self.kinds[first] == self.kinds[second]

    def ratio(self, from_unit: str, to_unit: str) -> float:
        """Return how many `to_unit` one `from_unit` is.

        Parameters
        ----------
        from_unit, to_unit : str
            Units of the vocabulary, of the same kind.

        Returns
        -------
        float
            The multiplier [`to_unit`/`from_unit`].

        Raises
        ------
        UnitError
            If the two measure different things.

        Examples
        --------
        >>> import nhscarbon as nc
        >>> nc.methodology("nhs-2026.1").units.ratio("mile", "km")
        1.609344
        """
        if from_unit == to_unit:
            return 1.0
        if (from_unit, to_unit) not in self._ratios:
            if not self.same_kind(from_unit, to_unit):
                raise UnitError(f"'{from_unit}' and '{to_unit}' measure different things")
            quantity = self._registry.Quantity(Decimal(1), from_unit).to(to_unit)
            self._ratios[from_unit, to_unit] = float(quantity.magnitude)
        return self._ratios[from_unit, to_unit]


def _plain(text: str) -> str:
    """Return the start of a word in compatible letters, with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text[: LONGEST_UNIT + 1]).split())


def load_units(package: DataPackage) -> Units:
    """Read a units package.

    Raises
    ------
    IntegrityError
        If an alias names a unit that is not defined, or the two files disagree.
    """
    definitions = package.text("units.txt")
    rows = package.rows("units.csv")
    units = Units(
        definitions=definitions,
        decimals={row["unit"]: int(row["decimals"]) for row in rows},
        labels={row["unit"]: row["label"] for row in rows},
        kinds={row["unit"]: row["kind"] for row in rows},
        aliases={row["alias"]: row["unit"] for row in package.rows("aliases.csv")},
    )
    defined = {line.split("=")[0].strip() for line in definitions.splitlines() if "=" in line}
    strangers = sorted((set(units.decimals) | set(units.aliases.values())) - defined)
    if strangers:
        raise IntegrityError(f"{package.name}: units without a definition: {', '.join(strangers)}")
    return units


UNITS = "units-1@1.0.0"  # whose decimal scales apply where no methodology is at hand


MICRO = 6  # decimal places of a unit that is not known


@lru_cache(maxsize=1)
def shipped_units() -> Units:
    """Return the vocabulary of units that ships with nhscarbon."""
    return load_units(load_pinned(data_root(), "units", UNITS))


def decimals_of(units: Units, label: str) -> int:
    """Return the decimal places that a unit as sent is summed at."""
    unit = units.known(label)
    return MICRO if unit is None else units.decimals[unit]
