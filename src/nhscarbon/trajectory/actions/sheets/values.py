"""Values: what the cells of a record say of an action's dates, cost, tonnes, state and words, and what is unread."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from nhscarbon.findings import Finding, finding
from nhscarbon.trajectory.actions.planned_action import Status
from nhscarbon.trajectory.actions.sheets.asides import Habits
from nhscarbon.trajectory.actions.sheets.keys import OUR_HORIZONS, Key, horizon_of
from nhscarbon.trajectory.actions.sheets.money import Money, is_no_figure, read_money, scale_of
from nhscarbon.trajectory.actions.sheets.owners import owners_in
from nhscarbon.trajectory.actions.sheets.records import Cell, Record
from nhscarbon.trajectory.actions.sheets.stated import stated_savings
from nhscarbon.trajectory.actions.sheets.states import colour_of, read_state, state_told
from nhscarbon.trajectory.actions.sheets.tables import MARKS, Table, is_pounds
from nhscarbon.trajectory.actions.sheets.tonnes import has_unit, read_tonnes, says_none, tonnes_inside, unit_of
from nhscarbon.trajectory.actions.sheets.when import When, is_no_date, is_year_label, read_when

NOTHING = frozenset({
    "", "-", "--", "–", "n/a", "na", "tbc", "tba", "tbd", "?", "none", "nil", "none identified", "unknown",
    "not known", "to be confirmed", "vacant", "n/k", "none known", "no risk", "no risks", "tbc.", "not applicable",
    "to be agreed", "to be identified", ".",
})  # fmt: skip
ROUNDED = 0.01  # share by which a total may differ from the sum of its years
_MITIGATION = re.compile(
    r"(?:(?<![\s;.,–—-])[\s;.,–—-]++)?\b(?:mitigations?|mitigated by|mitigating actions?|controls?|managed by)\b"
    r"\s*+(?:[:=–-]\s*+)?",
    re.I,
)
_PREFIX = re.compile(r"^(?:key |main )?(?:risks?|mitigations?|lead|owner)\s*[:=–-]\s+", re.I)
_LEVEL = re.compile(
    r"(?:very )?(?:high|medium|med|low|h|m|l|none|minor|major|significant|moderate|negligible|yes|no)", re.I
)
_COLOURED = ("year", "year_state", "year_cost", "year_tonnes", "status", "rag", "percent")
_LINKS = re.compile(r"^(?:links?|linked|relates?|contributes?) (?:to|with)\s+", re.IGNORECASE)
_BASELINE = re.compile(r"\s*baseline\b", re.IGNORECASE)
_CARBON = re.compile(r"co2|carbon|tonnes|emission|ghg", re.I)
_BELOW_NOTHING = re.compile(r"\s*[-–—−]\s?\d")
_SAVED = re.compile(r"\b(?:sav\w{1,4}|reduc\w{1,5}|abat\w{1,6}|avoid\w{0,4})\b", re.I)
_THOUSANDS = re.compile(
    r"(?:cost|figure|budget|amount|value|£)\D{0,40}(?:£\s?'?,?0{3}|£k\b|thousand)|\(£\s?'?0{3}'?s?\)|£000'?s", re.I
)


@dataclass(frozen=True)
class Ways:
    """How the table of a record is read: its key, what its columns hold, and what happens to a sheet as a whole."""

    table: Table
    key: Key
    habits: Habits
    lacking: frozenset[str]
    scale: float = 1.0  # of bare figures of money, where the heading says none
    fills_mark: bool = False  # whether a grid of years is marked by fills alone
    impact_tonnes: bool = False
    tonnes_measures: frozenset[int] = frozenset()  # columns of measures in which a bare figure is one of tonnes
    closed: bool = False


@dataclass
class Notes:
    """What is to be said of the cells of a table."""

    ways: Ways
    found: list[Finding] = field(default_factory=list)

    def about(self, cell: Cell) -> dict[str, Any]:
        """Return where a cell is, for a finding about it."""
        page = self.ways.table.page
        return {
            "file": page.file, "sheet": page.sheet, "column": cell.heading.label[:100],
            "cell": page.address(cell.row, cell.heading.place), "value": cell.text[:100],
            "first_rows": (page.number(cell.row),),
        }  # fmt: skip

    def unread(self, cell: Cell, what: str) -> None:
        """Say that a cell could not be read, and stays empty."""
        self.found.append(finding("action_cell_unread", "", what=what, text=cell.text[:80], **self.about(cell)))


def thousands(texts: Sequence[str]) -> float:
    """Return what notes about a sheet say bare costs are multiplied by."""
    return 1e3 if any(_THOUSANDS.search(text) for text in texts) else 1.0


def said(text: str) -> str:
    """Return a text on one line, or nothing of one that says that there is nothing."""
    plain = _PREFIX.sub("", " ".join(text.split()))
    return "" if plain.casefold().strip("() ") in NOTHING else plain


def piece(cell: Cell, place: int, count: int) -> Cell:
    """Return the line of a cell that belongs to one of several actions, where it has as many lines as they are."""
    lines = [line.strip() for line in cell.text.split("\n") if line.strip()]
    if count < 2 or len(lines) != count:
        return cell
    return replace(cell, text=re.sub(r"^(?:\d+(?:\.\d+)+|[(]?[a-z0-9][.)])\s+|^[•*–-]\s+", "", lines[place]))


def dates_of(record: Record, ways: Ways, notes: Notes) -> When:
    """Return the start and end that a record states."""
    starts = [
        when.end if when.start is None else when.start
        for cell in record.all("start")
        if (when := _date(cell, ways, notes))
    ]
    ends = [when for cell in record.all("end") if (when := _date(cell, ways, notes))]
    start = next((year for year in starts if year is not None), None)
    end = max((when.end for when in ends if when.end is not None), default=None)
    start = next((when.start for when in ends if start is None and when.start is not None), start)
    if start is None or end is None:
        periods = [when for cell in record.all("period") if (when := _date(cell, ways, notes))]
        if start is None:
            start = min((when.start for when in periods if when.start is not None), default=None)
        if end is None:
            end = max((when.end for when in periods if when.end is not None), default=None)
    for cell in (each for each in record.cells.get("year", ()) if is_pounds(each.text)):
        notes.unread(cell, "mark of a year")
    years = [each.heading.years for each in record.cells.get("year", ())
             if each.heading.years and not is_pounds(each.text) and _marked(each, ways)]  # fmt: skip
    if years and start is None and end is None:
        return When(min(each[0] for each in years), max(each[1] for each in years))
    if start is None and end is None and "when" in ways.lacking and (label := is_year_label(record.section)):
        return When(*label)
    return When(start, end)


def _marked(cell: Cell, ways: Ways) -> bool:
    text = cell.text.casefold().strip()
    if ways.fills_mark:
        fills = ways.table.page.fills
        whole = all(fills.get((cell.row, each.place)) for each in ways.table.of("year"))
        return bool(cell.fill) and not (whole and _is_of_the_row(cell, ways))
    return bool(text) and text not in ("-", "–", "n", "no", "0", "n/a")


def _is_of_the_row(cell: Cell, ways: Ways) -> bool:
    """Tell whether the fill of a cell is that of most cells beside it, which hold no years or states."""
    fills, beside = ways.table.page.fills, _beside(ways)
    return sum(fills.get((cell.row, place)) == cell.fill for place in beside) * 2 > len(beside)


def _is_banding(cell: Cell, ways: Ways) -> bool:
    """Tell whether a fill is that of every other row: bands that guide the eye, and say nothing."""
    if not _is_of_the_row(cell, ways):
        return False
    fills, place = ways.table.page.fills, _beside(ways)[0]
    near, further = ({fills.get((row, place), "") for row in (cell.row - step, cell.row + step)
                      if row in ways.table.body} for step in (1, 2))  # fmt: skip
    return near == {""} and cell.fill in further


def _beside(ways: Ways) -> list[int]:
    return [each.place for each in ways.table.headings if each.meaning and each.meaning not in _COLOURED]


def _date(cell: Cell, ways: Ways, notes: Notes) -> When | None:
    text = " ".join(cell.text.split())
    if is_no_date(text):
        return None
    if found := read_when(text):
        return found
    word = horizon_of(text)
    if not word:
        first = re.match(r"(short|medium|long)\b", text, re.I)
        word = horizon_of(first[1]) if first and len(text.split()) <= 3 and "/" not in text else ""
    if word and word in ways.key.horizons:
        return When(None, ways.key.horizons[word])
    if word and ways.key.first_year is not None:
        years = OUR_HORIZONS[word]
        year = ways.key.first_year + years - 1
        notes.found.append(finding("action_term_by_rule", "", word=word, years=years, first=ways.key.first_year,
                                   until=year + 1, **notes.about(cell)))  # fmt: skip
        return When(None, year)
    notes.unread(cell, "date")
    return None


def cost_of(
    record: Record, ways: Ways, notes: Notes, place: int = 0, count: int = 1
) -> tuple[Money | None, int | None]:
    """Return the cost that a record states, and the first row of a merged cell that it shares it with."""
    grid = [(cell, money) for cell in record.all("year_cost") if (money := _money(cell, ways, notes))]
    if grid:
        lows, highs = [money.low for _, money in grid], [money.high for _, money in grid]
        low = sum(value for value in lows if value is not None)
        total = Money(low, None if None in highs else sum(value for value in highs if value is not None))
        for cell in record.all("cost", "capital"):
            whole = _money(piece(cell, place, count), ways, notes)
            if whole and (whole.low or whole.high) and (total.low or total.high) and not _are_alike(whole, total):
                notes.unread(cell, "sum of the years beside it")  # which of the two is the cost, none says
                return None, None
        return total, None
    found = []
    for cell in record.all("cost", "capital", "revenue"):
        if (money := _money(piece(cell, place, count), ways, notes)) is not None:
            found.append((cell, money))
    if not found:
        return None, None
    more = [each for each in found if each[1].low or each[1].high]
    cell, money = (more or found)[0]
    yearly = [other for other, amount in more[1:] if other.heading.meaning == "revenue"]
    if yearly and cell.heading.meaning != "revenue":
        notes.found.append(finding("action_cost_of_two_kinds", "", **notes.about(yearly[0])))
    return money, cell.shared


def _are_alike(one: Money, two: Money) -> bool:
    """Tell whether two costs are the same but for rounding."""
    ends = ((one.low, two.low), (one.high, two.high))
    return all(a == b or (a is not None and b is not None and abs(a - b) <= ROUNDED * max(a, b)) for a, b in ends)


def _money(cell: Cell, ways: Ways, notes: Notes) -> Money | None:
    scale = scale_of(cell.heading.label)
    found = read_money(cell.text, scale=scale if scale != 1.0 else ways.scale, key=ways.key.money)
    if found is None and not is_no_figure(cell.text):
        other = scale != 1.0 and read_money(cell.text) is not None
        notes.unread(cell, "cost in the unit of its heading" if other else "cost")
    return found


def tonnes_of(  # noqa: PLR0912  one reading after another; the first that fits decides
    record: Record, ways: Ways, notes: Notes, place: int = 0, count: int = 1
) -> tuple[float | None, str]:
    """Return the tonnes a year that a record states, and a figure of effect that is none of tonnes."""
    effect = ""
    grid = record.all("year_tonnes")
    if grid:
        values = {
            value for cell in grid if (value := read_tonnes(cell.text, unit=unit_of(cell.heading.label))) is not None
        }
        if len(values - {0.0}) == 1:
            return (values - {0.0}).pop(), ""
        if values:
            notes.unread(grid[-1], "saving in one year")
    for whole in record.all("tonnes", "impact"):
        cell = piece(whole, place, count)
        if says_none(cell.text):
            continue
        bare = cell.heading.meaning == "tonnes" or ways.impact_tonnes
        below = _BELOW_NOTHING.match(cell.text) and _SAVED.search(cell.heading.label)  # saved, or added? none says
        value = None if below else read_tonnes(cell.text, unit=unit_of(cell.heading.label), bare=bare)
        if value is None and not below and cell.heading.meaning == "tonnes":
            value = tonnes_inside(cell.text)
        elif value is None and not below and _CARBON.search(cell.text):
            value = stated_savings(cell.text)
        if value is not None and count > 1 and cell is whole:
            notes.found.append(finding("action_tonnes_shared", "", count=count, **notes.about(cell)))
            return None, effect
        if value is not None and whole.shared is not None:
            notes.found.append(finding("action_tonnes_shared", "merged", **notes.about(cell)))
            return None, effect
        if value is not None:
            return value, effect
        if _LEVEL.fullmatch(cell.text.strip()) and cell.heading.meaning == "impact":
            continue
        if cell.heading.meaning == "tonnes" or re.search(r"\d", cell.text):
            notes.found.append(finding("action_figure_not_tonnes", "", text=cell.text[:80], **notes.about(cell)))
            effect = f"{cell.heading.label}: {' '.join(cell.text.split())}"
    for whole in record.all("measure"):
        cell = piece(whole, place, count)
        if count > 1 and cell is whole:
            continue
        value = read_tonnes(cell.text, bare=whole.heading.place in ways.tonnes_measures)
        if value is None and _CARBON.search(cell.text + cell.heading.label):
            value = stated_savings(cell.text)
        if value is not None:
            return value, effect
    return None, effect


def impact_is_tonnes(table: Table) -> bool:
    """Tell whether bare figures of a column of benefits are tonnes: its heading says so, or other cells of it do."""
    return any(
        _CARBON.search(each.label) or any(has_unit(table.page.cell(row, each.place)) for row in table.body)
        for each in table.of("impact")
    )


def measures_in_tonnes(table: Table) -> frozenset[int]:
    """Return the columns of measures of which at least two cells are figures of tonnes with their unit."""
    return frozenset(
        each.place
        for each in table.of("measure")
        if sum(has_unit(table.page.cell(row, each.place)) for row in table.body) >= 2
    )


def state_of(record: Record, ways: Ways, notes: Notes) -> Status | None:
    """Return the state that a record's columns give; None where they give none, and `unknown` of a colour alone."""
    unkeyed = False
    for meaning in ("status", "rag", "percent", "year_state"):
        found: set[Status] = set()
        for cell in record.cells.get(meaning, ()):
            fill = cell.fill if meaning != "percent" else ""
            if fill and fill not in ways.key.states.fills and _is_banding(cell, ways):
                fill = ""
            state, how = read_state(cell.text, ways.key.states, fill=fill, percent=meaning == "percent")
            if how == "colour":
                unkeyed = True
                colour = cell.text or colour_of(cell.fill)
                about = {**notes.about(cell), "value": colour}
                notes.found.append(finding("action_colour_without_key", "", colour=colour[:30], **about))
            elif how == "unread":
                notes.unread(cell, "status")
            elif how != "nothing":
                found.add(state)
        found -= {"unknown"} if len(found) > 1 else set()
        if len(found) == 1 and found != {"unknown"}:
            return found.pop()
        if len(found) > 1:
            return "unknown"
        unkeyed = unkeyed or bool(found)
    updates = [state_told(cell.text) for cell in record.all("comments") if "status" in cell.heading.names]
    told = {each for each in updates if each}
    if len(told) == 1 and not unkeyed:
        return told.pop()
    return "unknown" if unkeyed else None


def risk_of(record: Record) -> tuple[str, str]:
    """Return the risk and the mitigation that a record's columns state."""
    risks = [text for cell in record.all("risk") if (text := said(cell.text))]
    mitigations = [text for cell in record.all("mitigation") if (text := said(cell.text))]
    for cell in record.all("risk_mitigation"):
        first, *rest = _MITIGATION.split(" ".join(cell.text.split()), maxsplit=1)
        risks += [text for text in (said(first),) if text]
        mitigations += [text for each in rest if (text := said(each))]
    if not mitigations:
        parted = [
            _MITIGATION.split(risk, maxsplit=1) for risk in risks if re.search(r"\bmitigat\w+\s*[:=–-]", risk, re.I)
        ]
        if parted and len(risks) == 1 and parted[0][0].strip():
            return said(parted[0][0]), said(parted[0][1])
    return "; ".join(risks), "; ".join(mitigations)


def benefits_of(record: Record, ways: Ways) -> tuple[str, ...]:
    """Return the benefits beyond carbon that a record's columns state."""
    found = [text for cell in record.all("co_benefits") for text in re.split(r"[;\n]", cell.text)]
    for cell in record.all("co_benefit"):
        if cell.text.casefold().strip() in MARKS | {"true"}:
            found.append(_LINKS.sub("", cell.heading.label))
        elif cell.text.casefold().strip() not in ("no", "n", "false"):
            found.append(cell.text)
    if not ways.impact_tonnes:
        words = [cell.text for cell in record.all("impact") if not re.search(r"\d|^\W*$", cell.text)]
        found += [text for each in words if not _LEVEL.fullmatch(each.strip()) for text in re.split(r"[;\n]", each)]
    return tuple(dict.fromkeys(text for each in found if (text := said(each))))


def evidence_of(record: Record, *more: str) -> str:
    """Return measures, evidence and figures of effect as one text."""
    cells = [
        f"{cell.heading.label}: {text}"
        if cell.heading.meaning == "beside" or _BASELINE.match(cell.heading.label)
        else text
        for cell in record.all("measure", "evidence", "beside")
        if (text := said(cell.text))
    ]
    return "; ".join(dict.fromkeys([*cells, *(each for each in more if each)]))


def leads_of(record: Record, place: int, count: int) -> tuple[str, str]:
    """Return the lead and the second lead; two of one cell are both."""
    first = [piece(cell, place, count) for cell in record.all("lead")]
    second = [text for cell in record.all("second_lead") if (text := said(piece(cell, place, count).text))]
    names = [text for cell in first for line in re.split(r"[;\n]", cell.text) if (text := said(line))]
    if len(names) == 1 and not second:
        names = list(owners_in(names[0]))
    lead = names[0] if names else ""
    other = second or names[1:]
    return lead, ", ".join(other)
