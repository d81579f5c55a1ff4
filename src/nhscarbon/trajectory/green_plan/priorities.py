"""The priorities that a system states, and which interventions serve them."""

from __future__ import annotations

from collections.abc import Sequence

from nhscarbon.errors import UsageError
from nhscarbon.trajectory.actions.interventions.taxonomy import taxonomy
from nhscarbon.trajectory.actions.table import near


def served_by(priorities: Sequence[str] | str) -> dict[str, tuple[str, ...]]:
    """Return the interventions that serve each priority.

    Parameters
    ----------
    priorities : sequence of str
        Ids or names of interventions, families or areas of focus, whatever their capitals.

    Raises
    ------
    UsageError
        If the taxonomy does not have one of them.
    """
    known = taxonomy()
    spelt: dict[str, tuple[str, list[str]]] = {}
    for each in known.interventions:
        for word in (each.area_of_focus, each.family):
            spelt.setdefault(word.casefold(), (word, []))[1].append(each.id)
    for each in known.interventions:  # an intervention that is called as its family means itself
        spelt[each.name.casefold()] = spelt[each.id.casefold()] = (each.id, [each.id])
    found: dict[str, tuple[str, ...]] = {}
    for given in [priorities] if isinstance(priorities, str) else priorities:
        word = " ".join(given.split()).casefold()
        if word not in spelt:
            raise UsageError(
                f"there is no priority '{given[:60]}'{near(word, list(spelt))}",
                advice="Name interventions, families or areas of focus of the taxonomy, such as led or Medicines.",
            )
        name, ids = spelt[word]
        found[name] = tuple(ids)
    return dict(sorted(found.items()))
