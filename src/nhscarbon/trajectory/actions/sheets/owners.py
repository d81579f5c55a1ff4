"""Owners: the people that one cell names, where it names two and both are clearly people, not one by two titles."""

from __future__ import annotations

import re
from itertools import pairwise

_APART = re.compile(r"( (?:&|\+|/|and) |, (?:and )?)", re.IGNORECASE)
_STAFF = r"(?:manager|mgr|officer|engineer|co-?ordinator|supervisor|analyst|buyer|planner|administrator|advis[eo]r|gm)"
_CARERS = r"(?:matron|pharmacist|nurse|midwife|paramedic|therapist|dietitian|surgeon|anaesthetist)"
_OFFICERS = r"(?:ceo|coo|cfo|cio|cno|cmo|cpo|dof)"
_CHIEF = re.compile(rf"\b(?:chief|director|deputy|{_OFFICERS})\b", re.IGNORECASE)
_ENDS_AS_STAFF = re.compile(rf"\b{_STAFF}(?:\s\([^()]{{1,30}}\))?$", re.IGNORECASE)
_ENDS_AS_CARER = re.compile(rf"\b{_CARERS}$", re.IGNORECASE)
_HEAD = re.compile(r"head of\s", re.IGNORECASE)
_SHORT = re.compile(_OFFICERS, re.IGNORECASE)
_ANY_ROLE = re.compile(
    rf"(?:head|director|chief)\b.*|.*\b(?:{_STAFF}|{_CARERS}|{_OFFICERS}|director|lead|head|secretary|chair|consultant|sro)",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?:Dr|Mr|Mrs|Ms|Miss|Prof|Professor)\.? [A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?"
    r"|[A-Z](?:\. ?|\s)(?:[A-Z]\.? )?[A-Z][\w'’-]+"
)
_BY_PART = re.compile(
    r"([^()]{2,60}?)\s?\(([^()]{2,30})\) ?(?:[,;/&+]|and\b)? ?([^()]{2,60}?)\s?\(([^()]{2,30})\)", re.IGNORECASE
)
_SPONSOR = re.compile(
    r"(?:(?:exec|executive|board|senior)(?: (?:lead|sponsor|owner))?|sponsor|sro|support(?:ing)?)", re.IGNORECASE
)
_DELIVERY = re.compile(
    r"(?:lead|(?:delivery|operational|project|day[ -]to[ -]day)(?: (?:lead|owner|manager))?)", re.IGNORECASE
)
LONGEST = 8  # words of one role


def owners_in(text: str) -> tuple[str, ...]:
    """Return the owners of a cell, who delivers first: two only where both are clearly people, each by one role.

    >>> owners_in("Cath Lab Manager & Category Manager"), owners_in("J. Patel, S. Okafor")
    (('Cath Lab Manager', 'Category Manager'), ('J. Patel', 'S. Okafor'))
    >>> owners_in("CFO (exec), Energy Manager (delivery)")
    ('Energy Manager', 'CFO')
    >>> owners_in("Head of Estates (Lead), Energy Manager (Support)")
    ('Head of Estates', 'Energy Manager')
    >>> [len(owners_in(each)) for each in ("Estates and Facilities Director", "Chief Nurse and Director of IPC")]
    [1, 1]
    """
    plain = " ".join(text.split())
    if found := _BY_PART.fullmatch(plain):
        one, kind, two, other = found.groups()
        if _DELIVERY.fullmatch(kind) and _SPONSOR.fullmatch(other):
            return one, two
        if _SPONSOR.fullmatch(kind) and _DELIVERY.fullmatch(other):
            return two, one
    pieces = _APART.split(plain)
    parts, marks = pieces[::2], {mark.strip().casefold() for mark in pieces[1::2]}
    if len(parts) < 2 or not all(parts) or any(len(part.split()) > LONGEST for part in parts):
        return (plain,)
    two_people = all(_are_two(one, two, plus=marks == {"+"}, slash="/" in marks) for one, two in pairwise(parts))
    return tuple(parts) if two_people else (plain,)


def _are_two(one: str, two: str, *, plus: bool, slash: bool) -> bool:
    """Tell whether two texts are two people; a chief, a lead or a nurse may have two titles."""
    both = (one, two)
    if plus and all(_ANY_ROLE.fullmatch(each) for each in both):
        return True
    staff = [bool(_ENDS_AS_STAFF.search(each)) and not _CHIEF.search(each) for each in both]
    if slash and any(len(each.split()) < 2 for each in both):  # one title with a choice of words
        return False
    return (
        all(_NAME.fullmatch(each) for each in both)
        or all(staff)
        or all(_ENDS_AS_CARER.search(each) and not _CHIEF.search(each) for each in both)
        or all(_HEAD.match(each) for each in both)
        or (all(_SHORT.fullmatch(each) for each in both) and one.casefold() != two.casefold())
        or (any(staff) and any(_CHIEF.search(each) or _HEAD.match(each) for each in both))
    )
