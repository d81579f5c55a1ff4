"""Stated: the saving and the cost that a clause of free text gives of its own action, and of nothing else."""

from __future__ import annotations

import re

from nhscarbon.trajectory.actions.sheets.money import AMOUNT, Money, is_year, read_money
from nhscarbon.trajectory.actions.sheets.tonnes import has_unit, is_of_something_else, leading_tonnes, read_tonnes

# what may stand before "saves" or "needs": other words make it the saving or cost of something else
_BEFORE = (
    r"(?:(?:est(?:imated)?|expected|projected|planned|potential|forecast|modelled|approx(?:imate(?:ly)?)?|indicative"
    r"|initial|likely|latest|total|net|annual|yearly|one-off|carbon|t?co2-?e?|ghg|emissions?|it|this|which|that|and|also"
    r"|the|an?|action|scheme|project|measure|will|should|to|now|has|have|still|calculated|direct|around|about|circa|ca|c"
    r"|subject to|capital|revenue|lease|purchase|install(?:ation)?|equipment|licen[cs]e|works|survey"
    r"|set-?up|would|psds|salix|nhse)(?![\w'’])[\s.:,~–-]*+)*+"
)
_SAVES = (
    r"(?:sav(?:es?|ed|ings?)|reduc(?:es?|ed|ing|tions?)|avoid(?:s|ed|ing|ance)?|abat(?:es?|ed|ing|ement)|cuts?|cutting)"
)
_OF = (
    r"(?:(?:of|in|is|are|was|by|at|about|around|approx(?:imately)?|circa|ca|c|est(?:imated)?|expected|some|up to|carbon"
    r"|t?co2-?e?|ghg|emissions?|savings?|reductions?|annual|a further|impact|benefit)(?![\w'’])[\s.:=~–-]*+)*+"
)
_SAVING = re.compile(rf"{_BEFORE}{_SAVES}(?![\w'’])[\s.:=~–-]*+{_OF}(?=[\d~£])", re.I)
_SUM_AND = re.compile(
    r"£[\d,.]++\s?(?:k|m)?(?: a year| pa| p\.a\.| per annum| savings?| saved){0,2}\s*+(?:,|and|&|\+|/)\s*+", re.I
)
_CARBON_IS = re.compile(r"(?:carbon |annual |est(?:imated)?\.? )*+t?co2-?e?\s*+[:=]\s*+(?=\d)", re.I)
_AFTER = re.compile(
    r"\s*+(?:$|[,(&+–-]|(?:and|by|from|in|since|when|once|through|via|thanks|at|on|as|with|per (?:year|annum))\b)", re.I
)
_OTHERS = re.compile(
    r"\b(?:each|every|nation\w*|across|system|regional\w*|baseline|target|if|could|might|elsewhere|lifetime)\b"
    r"|\b(?:per|an?)\s+(?!y(?:ea)?r|ann|further)|\d\s?/\s?(?!y(?:ea)?r|ann|p\.?a)",
    re.I,
)
_CUE = re.compile(
    rf"{_BEFORE}(?:needs?|needed|requires?|required|costs?(?: estimate)?|costed|costing|budget|bid|funding|funded|fund"
    r"|capital|capex|revenue|invest(?:s|ing|ment)?|grant|quot(?:es?|ed)|price|estimate|spend|business case"
    r"|charit\w*)(?![\w'’])"
    r"[\s.:=~–-]*+"
    r"(?:(?:of|is|are|at|for|from|in|about|around|approx(?:imately)?|c|ca|circa|up to|under|over|less than|more than"
    r"|at least|max(?:imum)?|between|required|needed|sought|submitted|secured|agreed|approved|received|estimated?|est"
    r"|likely|now|capital|revenue|budget|bid|grant|cost|funding|funds?|say|some)(?![\w'’])[\s.:=~–-]*+)*+(?=[~<>≤≥£.\d]|gbp)",
    re.I,
)
_NUMBER_FIRST = re.compile(rf"{_BEFORE}(?=[~<>≤≥£.\d]|gbp)", re.I)
_PAID_AFTER = re.compile(
    r"\s*+(?:of\s++)?(?:capital|capex|revenue|funding|investment|grant|budget(?:ed)?|bid|quote[ds]?|needed|required|approved"
    r"|secured|agreed|allocated|funded|estimate[ds]?|cost|charit\w*)\b(?! (?:charges|gap|pressure|avoid|sav|back))"
    r"|\s*+from\s++(?:[\w&'’-]++\s++){0,4}(?:funds?|funding|capital|charity|charities|grants?|budgets?|psds|salix"
    r"|reserves|programme|revenue|nhse|friends)\b",
    re.I,
)
_AFTER_BARE = re.compile(
    r"\s*+(?:$|[;,.)(+–-]|(?:p\.?a|per annum|per year|a year|capital|revenue|from|for|to|in|plus|by|needed|required"
    r"|approved|submitted|secured|agreed)\b)",
    re.I,
)
_UNLIKE = re.compile(r"\s*+(?:more|less|extra|short|shortfall|gap|over)\b", re.I)  # a difference, which is no cost
_REFUSED = re.compile(
    r"\b(?:failed|refused|rejected|declined|unsuccessful|withdrawn|cancelled|lapsed|lost|not|would|could|might|if|was"
    r"|instead|rather|compared|previous\w*|doubled|last year|saved|returned|repaid)\b",
    re.I,
)
_MORE = re.compile(r"\b(?:another|further|extra|plus|more|total|in all|all|rest|remaining|then)\b", re.I)
_PIECES = re.compile(r",\s+(?!\d{3}\b)")
_WORDS_OF_SUMS = frozenset(
    ["c", "ca", "circa", "approx", "approximately", "around", "about", "est", "estimated", "pa", "p", "a", "year",
     "per", "annum", "plus", "vat", "ex", "inc", "capital", "revenue", "capex", "up", "to", "and", "between", "under",
     "over", "say", "max", "min", "total", "cost", "gbp"]
)  # fmt: skip
_STAFF = re.compile(r"\b(?:wte|fte|bands? \d|b\d)\b", re.I)  # what the sum behind it pays for
_WORD = re.compile(r"[^\W\d_]+")
_NO_COST = re.compile(
    r"(?:no|nil|zero) (?:additional |extra |direct |financial )?costs?"
    r"(?:$|[,;:.(–-]| -| (?:to (?:the )?(?:trust|us|board|nhs)|required|expected|anticipated|impact|implications?"
    r"|beyond|as|because|since|other|for)\b)|cost neutral\b",
    re.I,
)


def stated_saving(  # noqa: PLR0911  one reading after another; the first that fits decides
    clause: str,
) -> float | None:
    """Return the tonnes a year that a clause says its action saves, or None where it says it of something else.

    >>> stated_saving("est. saving 20"), stated_saving("saves 40 tCO2e a year from 2027")
    (20.0, 40.0)
    >>> [stated_saving(each) for each in ("target 300 tCO2e by 2030", "National saving 9 tCO2e", "saves 2 t a van")]
    [None, None, None]
    """
    plain = " ".join(clause.replace("₂", "2").split())
    if (sums := _SUM_AND.match(plain)) and has_unit(plain[sums.end() :]):
        plain = plain[sums.end() :]
    found = _SAVING.match(plain)
    if found is None:
        if re.search(r"\bemissions?\b|\btotal\b", plain, re.I):
            return None
        if label := _CARBON_IS.match(plain):
            return _unless_year(plain[label.end() :], has_unit(plain[label.end() :]))
        return read_tonnes(plain) if has_unit(plain) else None
    rest = plain[found.end() :].lstrip("~ ")
    if rest.startswith("£"):
        rest = rest[sums.end() :] if (sums := _SUM_AND.match(rest)) else ""
    if has_unit(rest) or re.search(r"co2", rest, re.I) is None:
        tonnes = _unless_year(rest, has_unit(rest))
        if tonnes is not None:
            return tonnes
    if _OTHERS.search(plain):
        return None
    tonnes, end = leading_tonnes(rest)
    if tonnes is None or is_of_something_else(rest, end) or not _AFTER.match(rest, end):
        return None
    return tonnes


def stated_savings(text: str) -> float | None:
    """Return the one saving that the clauses of a text state, or None where they state none, or two that differ."""
    found = {stated_saving(clause.strip(" .")) for clause in re.split(r"[;\n]|\.\s", text)} - {None}
    return found.pop() if len(found) == 1 else None


def _unless_year(text: str, unit: bool) -> float | None:
    """Return the tonnes of a text, unless it is a bare year."""
    bare = text.strip(" .")
    return None if not unit and is_year(bare) else read_tonnes(text)


def stated_cost(clause: str) -> Money | None:
    """Return the cost that a clause gives of its action: of several figures, the one that is needed, bid for or quoted.

    >>> stated_cost("needs £20k, of which £5k is secured").low, stated_cost("c. £300k from charitable funds").low
    (20000.0, 300000.0)
    >>> [stated_cost(each) for each in ("energy bill is £2m", "would cost £1m so not pursued", "needs 12k lamps")]
    [None, None, None]
    """
    if is_no_cost(clause):
        return Money(0.0, 0.0)
    if _REFUSED.search(clause):
        return None
    found: list[Money] = []
    staff = None
    for place, piece in enumerate(_PIECES.split(clause)):
        money = _cost_of(piece.strip(), first=place == 0 or bool(staff))
        staff = _STAFF.search(piece)
        if money:
            found.append(money)
        elif found and AMOUNT.search(piece) and _MORE.search(piece):
            return None
    return found[0] if found and all(each == found[0] for each in found) else None


def is_no_cost(clause: str) -> bool:
    """Tell whether a clause says that there is no cost: none of an estimate, a saving or a code.

    >>> is_no_cost("no cost to the trust"), is_no_cost("No cost saving"), is_no_cost("no cost estimate yet")
    (True, False, False)
    """
    return bool(_NO_COST.match(clause.strip()))


def _cost_of(  # noqa: PLR0911  one reading after another; the first that fits decides
    piece: str, *, first: bool
) -> Money | None:
    if first and _is_a_sum_alone(piece):
        return read_money(piece)
    cue = _CUE.match(piece)
    start = cue or _NUMBER_FIRST.match(piece)
    if not start:
        return None
    amount = AMOUNT.search(piece, start.end())
    if not amount or amount.start() > start.end() + len(" <=£"):
        return None
    if not (amount["sign"] or amount["unit"]):
        return None
    last = _end_of_band(piece, amount)
    if cue is None and not (first and _PAID_AFTER.match(piece, last)):
        return None
    if not amount["sign"] and not (_AFTER_BARE.match(piece, last) or _PAID_AFTER.match(piece, last)):
        return None
    return None if _UNLIKE.match(piece, last) else read_money(piece)


def _end_of_band(piece: str, amount: re.Match[str]) -> int:
    following = AMOUNT.search(piece, amount.end())
    if following and re.fullmatch(r"\s*(?:-|–|—|to|and)\s*", piece[amount.end() : following.start()], re.I):
        return following.end()
    return amount.end()


def _is_a_sum_alone(piece: str) -> bool:
    """Tell whether a text is a sum of money with nothing beside it that says whose it is."""
    if not AMOUNT.search(piece) or not re.search(r"£\s?\d|\d\s?(?:k|m|mn|million|thousand)\b|\d,\d{3}\b", piece, re.I):
        return False
    return {word.casefold() for word in _WORD.findall(AMOUNT.sub(" ", piece))} <= _WORDS_OF_SUMS
