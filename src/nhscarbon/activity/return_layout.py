"""The layout of a template with one line for each thing: what its headers, labels and ticks are called."""

from __future__ import annotations

RETURN, MORE, THEMES, CHECK, HOW, ANSWERS = (
    "Return", "More lines", "Themes", "Check before sending", "How to fill this in", "Answers",
)  # fmt: skip
LISTS, SEARCH = "Lists", "Search"
THEME, WHAT, UNIT, YEAR = "Theme", "What", "Unit", "Whole year"
MONTHS = ("Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar")
NONE_USED, NOT_AVAILABLE, KNOW, NOTE, SITE = "None used", "Not available", "How you know", "Note", "Site"
READ_AS, STATE, CODE = "Read as", "State", "Code"
ANSWER, REASON = "Answer", "Reason"
ORGANISATION, NHS_YEAR = "Organisation (ODS code)", "Year"  # what stands before the two cells that are filled in once
EXAMPLE, YES = "Example", "Yes"
NAMES = (THEME, WHAT, UNIT, YEAR, *MONTHS, NONE_USED, NOT_AVAILABLE, KNOW, NOTE, SITE, READ_AS, STATE, CODE)
NEEDED = (WHAT, UNIT, YEAR, *MONTHS, KNOW)  # what makes a header
WITHIN = 20  # rows of a sheet in which its header is looked for
TICKED = frozenset({"yes", "y", "x", "true", "1", "ticked", "\u2713", "\u2714"})
NOT_TICKED = frozenset({"", "no", "n", "false", "0"})
