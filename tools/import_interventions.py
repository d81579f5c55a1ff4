"""Write the taxonomy of a Green Plan's interventions from the compiled figures and this tool's own lists.

    python tools/import_interventions.py --figures DIR

`DIR/plans/taxonomy.csv` holds the interventions. `tools/interventions` holds what is nhscarbon's own: definitions that
are sharpened where two are hard to tell apart, with the question that decides; keywords, each with its role; what
abbreviations stand for; what the name of a section and the role of a lead point to; what the taxonomy lacks. The
package is written to `data/` and sealed by `tools/seal.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from packaged import Rows, figures_folder, read_rows, write

OWN = Path(__file__).resolve().parent / "interventions"
ROLES = ("strong", "ordinary", "hint", "excludes")
NOTE = "nhscarbon's notes on Green Plans, section 'Hard to tell apart'"
COMPILED = "nhscarbon's own compilation; the areas of focus are those of the Green Plan guidance"
GUIDANCE = "https://energyadvicehub.org/new-nhs-green-plan-guidance/"  # where the areas were read


def keyword_rows(ids: list[str]) -> Rows:
    """Return one row a keyword, in the order of the taxonomy.

    Raises
    ------
    ValueError
        If a line names an intervention or a role that is not known, or one keyword has two roles.
    """
    said: dict[tuple[str, str], dict[str, str]] = {}
    for path in sorted(OWN.glob("keywords_*.txt")):
        for line in filter(None, path.read_text("utf-8").splitlines()):
            head, _, body = line.partition(":")
            intervention, role = head.split()
            if intervention not in ids or role not in ROLES:
                raise ValueError(f"{path.name}: '{head}' is not an intervention and a role")
            for phrase in (each.strip() for each in body.split(";")):
                said.setdefault((intervention, phrase), {"role": role})
    order = {id: at for at, id in enumerate(ids)}
    keys = sorted(said, key=lambda key: (order[key[0]], ROLES.index(said[key]["role"]), key[1]))
    return [{"intervention": key[0], "role": said[key]["role"], "phrase": key[1]} for key in keys]


def main() -> int:
    """Write the package of the taxonomy."""
    compiled = read_rows(figures_folder(__doc__) / "plans" / "taxonomy.csv")
    ids = [row["intervention"] for row in compiled]
    sharpened = {row["intervention"]: row for row in read_rows(OWN / "sharpened.csv")}
    if wrong := sorted(set(sharpened) - set(ids)):
        raise ValueError(f"sharpened.csv names {wrong}, which the taxonomy has not")
    interventions = [
        {"intervention": row["intervention"], "area_of_focus": row["area_of_focus"], "family": row["family"],
         "name": row["name"], "definition": own["definition"] if own else row["definition"],
         "question": own["question"] if own else "", "effect": row["effect_kind"], "sign": row["sign_of_effect"],
         "enabling": "yes" if row["stand_alone_kind"] == "enabling" else "no",
         "computable": row["carbon_effect_computable"], "needed_to_quantify": row["needed_to_quantify"],
         "source": NOTE if own else COMPILED, "locator": f"plans/taxonomy.csv, {row['intervention']}"}
        for row in compiled for own in [sharpened.get(row["intervention"])]
    ]  # fmt: skip
    areas = {row["area_of_focus"]: row["area_of_focus_2021"] for row in compiled}
    write(
        "taxonomies",
        "interventions-1",
        {
            "interventions.csv": interventions,
            "keywords.csv": keyword_rows(ids),
            "selectors.csv": [{"intervention": row["intervention"], "selector": each}
                              for row in compiled for each in row["selectors"].split(";") if each],
            "areas.csv": [{"area_of_focus": area, "area_of_focus_2021": old} for area, old in areas.items()],
            "hints.csv": read_rows(OWN / "hints.csv"),
            "abbreviations.csv": read_rows(OWN / "abbreviations.csv"),
            "not_in_taxonomy.csv": [{"subject": row["subject"], "what": row["what"], "phrase": phrase.strip()}
                                    for row in read_rows(OWN / "not_in_taxonomy.csv")
                                    for phrase in row["phrases"].split(";")],
            "settings.csv": read_rows(OWN / "settings.csv"),
        },
        title="Interventions of NHS Green Plans: definitions, keywords, selectors and signs of effect",
        sources=[{"title": "Green Plan guidance, NHS England, 2025: areas of focus", "path": GUIDANCE,
                  "second_hand": True}],
        licenses=[{"name": "CC0-1.0", "path": "https://creativecommons.org/publicdomain/zero/1.0/",
                   "title": "nhscarbon's own definitions, keywords, questions and settings"},
                  {"name": "OGL-UK-3.0",
                   "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
                   "title": "names of the areas of focus"}],
        attribution="Names of areas of focus: NHS England, Open Government Licence v3.0",
        notes=[
            "Outside the digest of a methodology: what an action is called changes no tonne of a footprint.",
            "keywords.csv: 'a + b' means that both stand somewhere in the text; other phrases stand word beside word.",
            "not_in_taxonomy.csv: subjects without an intervention of their own; a person looks at them.",
            "settings.csv: every number that decides, with what it does and how it was found.",
        ],
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
