"""One thing in two ways, by the table of double counting."""

from nhscarbon.checks.double_counting import hits_of

CELL_RULES = (hits_of,)
