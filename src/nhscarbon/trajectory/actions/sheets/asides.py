"""Asides: what stands in brackets behind an action or in its comments: lead, cost, tonnes, date, risk."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from nhscarbon.trajectory.actions.sheets.money import Money, is_nil, is_year
from nhscarbon.trajectory.actions.sheets.stated import stated_cost, stated_saving
from nhscarbon.trajectory.actions.sheets.states import LONGEST_WORDS, one_state, states_in
from nhscarbon.trajectory.actions.sheets.tonnes import (
    has_unit,
    may_be_weighed,
    mentions_tonnes,
    read_tonnes,
    says_carbon,
)
from nhscarbon.trajectory.actions.sheets.when import When, read_when

_TRAILING = re.compile(r"^(.*\S)\s*[(\[]([^()\[\]]{1,120})[)\]]\s*[.;]?$", re.S)
_LEAD = re.compile(
    r"^(?:action\s+|delivery\s+|project\s+)?(?:lead(?:\s+officer)?|owner|owned by|led by"
    r"|resp(?:onsible|onsibility)?(?:\s+officer)?|who|by whom)"
    r"\s*[:=–-]\s*(.+)$|^(?:lead|led by|owner|owned by)\s+(?=\S)(.+)$", re.I | re.S
)  # fmt: skip
_TITLE = re.compile(  # whose title begins with the word, unless a mark stands behind it
    r"lead\s+(?:clinical |specialist |senior |icu |theatre |infection )*(?:pharmacist|nurse|midwife|consultant"
    r"|clinician|anaesthetist|surgeon|matron|paramedic|therapist|physiotherapist|dietitian|doctor|gp|practitioner|scientist"
    r"|radiographer|engineer|technician|fellow|educator|chaplain|psychologist)\b", re.I
)  # fmt: skip
_LEAD_AFTER = re.compile(
    r"^(.*\S)\s*(?:[-–—|;,.]\s*|\s)(?:lead|owner|responsible|led by)\s*[:=]\s*([^:]{2,80})$", re.I | re.S
)
_ROLE = re.compile(
    r"\b(?:head|heads|director|manager|managers|mgr|lead|leads|officer|chief|chair|coo|cfo|cio|cno|cmo"
    r"|ceo|cpo|dof|amd|md|consultant"
    r"|pharmacist|matron|nurse|nursing|anaesthetist|co-?ordinator|team|board|committee|exec|executive|secretary|analyst"
    r"|supervisor|engineer|advis[eo]r|partner|bp|gm|pmo|hr|finance|estates|procurement|communications|comms|dietetics"
    r"|catering|facilities|od|provider|authorised person|ap|clinician|surgeon|dietitian|therapist"
    r"|executive|administrator"
    r"|workforce|midwife|specialist|group|sro|deputy|governor|imt|ict|efm|ipc|operations|ops|trainer"
    r"|planner|buyer|fellow|registrar|porter|doctor|scientist|technician|practitioner|paramedic|physiotherapist"
    r"|radiographer|podiatrist|psychologist|sister|assistant|apprentice|housekeeper|surveyor|architect)\b", re.I
)  # fmt: skip
_PERCENT = re.compile(r"^(?:[-~c. ]*)\d+(?:\.\d+)?\s?%(?:\s+[\w&/-]+){0,3}$")
_BY = re.compile(r"^(?:by|due|target|complete by|completion|deadline|when|date|end)\b[\s:]*", re.I)
_NUMBER = re.compile(r"^\d{1,3}(?:,\d{3})+$|^\d+$")
_RISK = re.compile(r"^(?:key |main )?(?:risks?|issues?|barriers?)(?:\s+(?:is|are))?\s*[:=–-]\s*(.+)$", re.I | re.S)
_MITIGATION = re.compile(
    r"^(?:mitigations?|mitigat(?:ed|ing)(?:\s+(?:by|action))?|controls?)\s*[:=–-]?\s+(.+)$|^mitigations?[:=–-](.+)$",
    re.I | re.S,
)
_BENEFIT = re.compile(
    r"^(?:co-?\s?benefits?|wider benefits?|other benefits?|health benefits?)\s*[:=–-]\s*(.+)$", re.I | re.S
)
_EVIDENCE = re.compile(r"^(?:evidence|source|measure|kpi|measured by)\s*[:=–-]\s*(.+)$", re.I | re.S)
_STATE = re.compile(r"^(?:status|rag|progress|stage|currently|now)\s*[:=–-]\s*(.+)$", re.I | re.S)
_EFFECT = re.compile(
    r"(?:\bsav(?:es?|ings?|ed)\b|\breduc\w{0,24}|\bavoid\w{0,24}|\babat\w{0,24}|\bcarbon\b|\bco2e?\b|\btco2e?\b"
    r"|\bimpact\b|\bbenefit\b)"
    r"(?:\s+(?:of|is|about|est(?:imated)?|approx|by|saving|benefit|impact"
    r"|reduction)){0,9}[\s:=.~c–-]*(?=[\d~])(.+)$", re.I | re.S
)  # fmt: skip
_CUE = (
    r"(?:key |main )?(?:risks?\s*[:–-]|needs\b|est\.? sav|bid in|mitigat|(?:lead|owner)\s*[:–-]|co-?benefit|no cost"
    r"|sav(?:es|ings?)\b|costs?\b|budget\s*[:–-]|funded\b|evidence\s*[:–-]|by (?:end|q[1-4]|\w{3,9} 20))"
)
_CLAUSES = re.compile(
    rf"(?:(?<!\s)\s++)?[;|]\s*+|(?<!\s)[^\S\n]*+\n\s*+|(?<=[\w)%])\.\s++(?=[A-Z£])|(?:,|\s/|\s[–-])\s++(?={_CUE})",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"\s(?:by|from|since)\s+(?=\S)", re.I)


@dataclass(frozen=True)
class Aside:
    """What was found beside the text of an action; None and empty where nothing was."""

    lead: str = ""
    cost: Money | None = None
    tonnes: float | None = None
    when: When | None = None
    effect: str = ""  # a figure of effect that is not one of tonnes
    state: str = ""
    risk: str = ""
    mitigation: str = ""
    benefits: tuple[str, ...] = ()
    evidence: str = ""


@dataclass(frozen=True)
class Habits:
    """What the brackets of a column of actions are used for, beyond what says itself what it is."""

    tonnes: bool = False
    role: bool = False
    date: bool = False
    carbon: bool = False  # whether tonnes that do not say of what are of carbon, as some of them must be


def habits_of(texts: Sequence[str], lacking: Set[str]) -> Habits:
    """Return what brackets at the end of actions are used for, as most of those that are there show.

    Parameters
    ----------
    texts : sequence of str
        Every action of a table.
    lacking : set of str
        What the table has no column for: ``tonnes``, ``lead``, ``when``.
    """
    matches = [found for text in texts if (found := _TRAILING.match(text))]
    inner = [found[2].strip() for found in matches]
    units = sum(has_unit(each) for each in inner)
    roles = sum(is_role(each) for each in inner)
    dates = sum(read_when(each) is not None and len(each) < 25 for each in inner)
    return Habits(
        tonnes="tonnes" in lacking and units >= 2,
        role="lead" in lacking and roles >= 3 and roles * 2 >= len(texts),
        date="when" in lacking and dates >= 3 and dates * 3 >= len(texts),
        carbon=sum(not says_carbon(found[2]) and has_unit(found[2].strip())
                   and not may_be_weighed(found[2], found[1], usual=False) for found in matches) >= 2,
    )  # fmt: skip


def is_role(text: str) -> bool:
    """Tell whether a text names a role or a team, and nothing else.

    >>> is_role("Head of Estates"), is_role("replacing 12 boilers of the head office by 2028")
    (True, False)
    """
    return len(text.split()) <= 7 and not re.search(r"\d|£|%", text) and bool(_ROLE.search(text))


def peel(text: str, habits: Habits, lacking: Set[str]) -> tuple[str, Aside]:
    """Return an action without the brackets that say something of it, and what they say.

    What the table has a column for is left as it stands.

    >>> text, said = peel("LED in garages (75t)", Habits(), {"tonnes"})
    >>> text, said.tonnes
    ('LED in garages', 75.0)
    >>> peel("LED in clinics (17)", Habits(), {"tonnes"})[0]
    'LED in clinics (17)'
    """
    found = Aside()
    while True:
        match = _TRAILING.match(text)
        after = None if match else (_LEAD_AFTER.match(text) if "lead" in lacking else None)
        if after and not found.lead:
            text, found = after[1].rstrip(" -–—;,."), replace(found, lead=after[2].strip())
            continue
        if not match:
            return text, found
        said = _said(match[2].strip(), match[1], habits, lacking, found)
        if said is None:
            return text, found
        text, found = match[1], said


def _said(inner: str, text: str, habits: Habits, lacking: Set[str], found: Aside) -> Aside | None:
    """Return what a bracket adds, if all of it says something that the table has no column for."""
    pieces = [each.strip() for each in re.split(r"[;|]\s*|,\s+(?!\d{3}\b)", inner) if each.strip()]
    for piece in pieces:
        lead = _LEAD.match(piece)
        if lead and "lead" in lacking:
            found = replace(found, lead=piece if _TITLE.match(piece) else (lead[1] or lead[2]).strip())
        elif habits.role and is_role(piece):
            found = replace(found, lead=f"{found.lead}, {piece}" if found.lead else piece)
        elif "tonnes" in lacking and _speaks_of_tonnes(piece, habits):
            tonnes = _tonnes_in_brackets(piece, text, habits, alone=len(pieces) == 1)
            if tonnes is None or found.tonnes is not None:
                return None
            when = read_when(piece[until.start() :]) if (until := _UNTIL.search(piece)) and "when" in lacking else None
            found = replace(found, tonnes=tonnes, when=when or found.when)
        elif habits.tonnes and _PERCENT.match(piece):
            found = replace(found, effect=piece)
        elif "cost" in lacking and ("£" in piece or is_nil(piece)):
            money = Money(0.0, 0.0) if is_nil(piece) else stated_cost(piece)
            if money is None:
                return None
            found = replace(found, cost=money)
        elif (
            "when" in lacking
            and not re.search(r"£|co2", piece, re.I)
            and (when := read_when(piece))
            and (_BY.match(piece) or (habits.date and len(piece) < 25))
        ):
            found = replace(found, when=when)
        elif "status" in lacking and piece.casefold() in (
            "complete",
            "completed",
            "done",
            "closed",
            "on hold",
            "paused",
        ):
            found = replace(found, state=piece)
        else:
            return None
    return found


def _speaks_of_tonnes(piece: str, habits: Habits) -> bool:
    if _NUMBER.match(piece):
        return habits.tonnes and not is_year(piece)
    return mentions_tonnes(piece) or has_unit(piece) or stated_saving(piece) is not None


def _tonnes_in_brackets(piece: str, text: str, habits: Habits, *, alone: bool) -> float | None:
    """Return the tonnes that a bracket behind an action says it saves; of a bare figure, only where it stands alone."""
    if _NUMBER.match(piece):
        return read_tonnes(piece) if alone else None
    figure = piece[: until.start()] if (until := _UNTIL.search(piece)) else piece
    return None if may_be_weighed(figure, text, usual=habits.carbon) else stated_saving(figure)


def from_comments(text: str, lacking: Set[str]) -> Aside:
    """Return what comments say of an action, clause by clause; a risk goes on until a clause says something else.

    Parameters
    ----------
    text : str
    lacking : set of str
        What the row says nowhere else.

    >>> found = from_comments("bid in for 8k; est. saving 20; risk - loss of sponsor; late data", {"cost", "tonnes"})
    >>> found.cost, found.tonnes, found.risk
    (Money(low=8000.0, high=8000.0), 20.0, 'loss of sponsor; late data')
    """
    found, last = Aside(), ""
    for clause in (each.strip(" .") for each in _CLAUSES.split(text)):
        if not clause:
            continue
        found, last = _clause(clause, lacking, found, last)
    return found


def _clause(  # noqa: PLR0911  one reading after another; the first that fits decides
    clause: str, lacking: Set[str], found: Aside, last: str
) -> tuple[Aside, str]:
    for pattern, name in ((_RISK, "risk"), (_MITIGATION, "mitigation"), (_EVIDENCE, "evidence")):
        if match := pattern.match(clause):
            said = next(group for group in match.groups() if group).strip()
            before = getattr(found, name)
            return _with(found, **{name: f"{before}; {said}" if before else said}), name
    if match := _BENEFIT.match(clause):
        return replace(found, benefits=(*found.benefits, match[1].strip())), ""
    lead = _LEAD.match(clause)
    if lead and lead[1]:
        return (replace(found, lead=lead[1].strip()) if "lead" in lacking and not found.lead else found), ""
    state = _STATE.match(clause)
    if state and len(state[1].split()) <= LONGEST_WORDS and one_state(states_in(state[1])):
        return replace(found, state=state[1]), ""
    if (tonnes := stated_saving(clause)) is not None:
        return replace(found, tonnes=tonnes), ""
    if is_nil(clause) or (money := stated_cost(clause)):
        return replace(found, cost=found.cost or (Money(0.0, 0.0) if is_nil(clause) else money)), ""
    if (saving := _EFFECT.search(clause)) and "£" not in saving[1]:
        return replace(found, effect=clause), ""
    if says_carbon(clause) and mentions_tonnes(clause):
        return replace(found, effect=clause), ""
    if "when" in lacking and _BY.match(clause) and (when := read_when(clause)):
        return replace(found, when=when), ""
    if last:
        return _with(found, **{last: f"{getattr(found, last)}; {clause}"}), last
    return found, ""


def _with(found: Aside, **words: Any) -> Aside:  # noqa: ANN401  fields of words, by name
    return replace(found, **words)
