"""What goes in and comes out, as JSON Schema: written from the column contracts, so that the two cannot differ."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, get_args, get_origin, get_type_hints

from nhscarbon.activity.schema import COLUMNS, NUMERIC, ColumnContract
from nhscarbon.checks.theme_answers import ANSWERS
from nhscarbon.checks.theme_coverage import COLUMNS as COVERED
from nhscarbon.errors import UsageError
from nhscarbon.findings import Finding
from nhscarbon.footprint.factor_lines import SENT_WORDS, TABLE_ORDER
from nhscarbon.footprint.on_map import MEMBER, REPORTED_BY
from nhscarbon.footprint.summary import Stamp
from nhscarbon.periods import LAST_MONTH
from nhscarbon.version import __version__

DIALECT = "https://json-schema.org/draft/2020-12/schema"
KINDS: dict[object, dict[str, object]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    type(None): {"type": "null"},
}
NUMBERS = ("quantity", "conversion", "factor", "kgco2e")
SOMETIMES = ("row", "month", MEMBER, REPORTED_BY, *SENT_WORDS)  # columns that only some footprints, or `lines`, have
SHARE = "estimated_share"

Schema = dict[str, Any]


def json_schema(of: str) -> Schema:
    """Return the JSON Schema of what goes in or comes out.

    Parameters
    ----------
    of : str
        ``"activity"``: rows of an activity table. ``"finding"``: one finding of a report. ``"footprint"``: what
        ``nhscarbon footprint --format json`` writes without ``--by``.

    Returns
    -------
    dict
        Draft 2020-12. It says what a row looks like; whether a code, unit or year is one of the methodology's
        is for `nhscarbon.check` to say.

    Raises
    ------
    UsageError
        If there is no such schema.

    Examples
    --------
    >>> json_schema("activity")["items"]["required"]
    ['organisation', 'period', 'activity', 'quantity', 'unit']
    """
    if of not in SCHEMAS:
        raise UsageError(f"there is no schema of '{of[:60]}'; there are {', '.join(SCHEMAS)}")
    return {"$schema": DIALECT, "$id": f"urn:nhscarbon:{__version__}:{of}", **SCHEMAS[of]()}


def _activity() -> Schema:
    return {
        "title": "Activity table",
        "description": "Rows of activity data: what was used, by whom, in which period.",
        "type": "array",
        "items": {
            "type": "object",
            "properties": {column.name: _column(column) for column in COLUMNS},
            "required": [column.name for column in COLUMNS if column.required],
            "additionalProperties": True,  # another column is named in a finding and not used
        },
    }


def _column(column: ColumnContract) -> Schema:
    kind = "number" if column.name in NUMERIC else "string"
    schema: Schema = {"description": column.rule, "type": kind if column.required else [kind, "null"]}
    if column.required and kind == "string":
        schema["minLength"] = 1
    return {**schema, "minimum": 0, "maximum": 1} if column.name == SHARE else schema


def _finding() -> Schema:
    return {"title": "Finding", "description": "One error, warning or note about one value of a return.",
            **_record(Finding)}  # fmt: skip


def _footprint() -> Schema:
    number = {"type": "number"}
    columns = {name: number if name in NUMBERS else {"type": "integer" if name == "row" else "string"}
               for name in TABLE_ORDER}  # fmt: skip
    return {
        "title": "Footprint",
        "description": "quantity x conversion x factor = kgco2e in every row; totals are by boundary, in tCO2e, and "
        "null where a boundary cannot be totalled; labels say what each total covers, and coverage how each theme is "
        "answered. Of several NHS years, totals and labels are by year and boundary: years are never added. themes has "
        "both footprints by NHS year and theme, in tCO2e, null where there are no tonnes; answer says why.",
        "type": "object",
        "properties": {
            "stamp": _record(Stamp),
            "totals": _by_boundary({"type": ["number", "null"]}),
            "labels": _by_boundary({"type": "string"}),
            "themes": {"type": "array", "items": _theme()},
            "coverage": {"type": "array", "items": _coverage()},
            "rows": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": columns,
                    "required": [name for name in TABLE_ORDER if name not in SOMETIMES],
                    "additionalProperties": False,
                },
            },
        },
        "required": ["stamp", "totals", "labels", "themes", "coverage", "rows"],
        "additionalProperties": False,
    }


def _by_boundary(value: Schema) -> Schema:
    """Return the schema of values by boundary, or by NHS year and boundary."""
    one: Schema = {"type": "object", "additionalProperties": value}
    return {"anyOf": [one, {"type": "object", "additionalProperties": one}]}


def _theme() -> Schema:
    """Return the schema of both footprints of one theme in one NHS year."""
    count: Schema = {"type": "integer", "minimum": 0}
    words = {name: {"type": "string"} for name in ("period", "theme", "label")}
    return {
        "type": "object",
        "properties": {**words, "answer": {"enum": list(ANSWERS)}, "answered": count, "of": count},
        "required": [*words, "answer", "answered", "of"],
        "additionalProperties": {"type": ["number", "null"]},  # the tonnes, by boundary
    }


def _coverage() -> Schema:
    """Return the schema of one theme of one organisation and NHS year."""
    share: Schema = {"type": "number", "minimum": 0, "maximum": 1}
    kinds: dict[str, Schema] = {
        "answer": {"enum": list(ANSWERS)}, "part_of_year": {"type": "boolean"}, "share_estimated": share,
        "months": {"type": ["integer", "null"], "minimum": 0, "maximum": LAST_MONTH},
        **{name: {"type": "integer", "minimum": 0} for name in ("activities", "used", "not_counted")},
    }  # fmt: skip
    names = [name for name in COVERED if "kgco2e" not in name]
    return {
        "type": "object",
        "properties": {name: kinds.get(name, {"type": "string"}) for name in names},
        "required": names,
        "additionalProperties": False,
    }


SCHEMAS: dict[str, Callable[[], Schema]] = {"activity": _activity, "finding": _finding, "footprint": _footprint}


def _record(kind: type) -> Schema:
    """Return the schema of a frozen dataclass, every field of which is always written."""
    hints = get_type_hints(kind)
    names = [field.name for field in dataclasses.fields(kind)]
    return {
        "type": "object",
        "properties": {name: _typed(hints[name]) for name in names},
        "required": names,
        "additionalProperties": False,
    }


def _typed(hint: object) -> Schema:
    """Return the schema of a field's type: a plain one, a choice of words, a list, a mapping or a union."""
    if hint in KINDS:
        return dict(KINDS[hint])
    parts = get_args(hint)
    if get_origin(hint) is Mapping:
        return {"type": "object", "additionalProperties": _typed(parts[1])}
    if all(isinstance(part, str) for part in parts):
        return {"enum": list(parts)}
    if parts[-1] is Ellipsis:
        return {"type": "array", "items": _typed(parts[0])}
    return {"anyOf": [_typed(part) for part in parts]}
