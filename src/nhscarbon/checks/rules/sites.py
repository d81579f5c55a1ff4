"""Whether the sites of a return are its organisations' own: codes, other trusts' codes, and meter numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from nhscarbon.activity.columns import BLANK, Column, Mask, crossed_by
from nhscarbon.checks.hits import Grouped, Hit, Places, few_or_one
from nhscarbon.checks.rules.use import closed_before, not_open_yet, out_of_use
from nhscarbon.kept import kept
from nhscarbon.organisations.code_forms import TRUST_CODE, plain
from nhscarbon.organisations.index import SITE, OrganisationIndex
from nhscarbon.output.text import in_title_case
from nhscarbon.sums.combinations import distinct

COLUMN = "site"
OWN, UNLIKE = -2, "none"  # no doubt of a cell; no code is like a word
SITE_CODE = 5  # characters of an ODS site code; other words are the sender's own
# electricity supply numbers (MPAN) have 13 digits or 21, gas (MPRN) 6 to 10; serial numbers a few letters as well
SEPARATORS = re.compile(r"[\s./_-]+")
METER = re.compile(r"(?:(?:MPAN|MPRN|MPR|SPID|METER|SERIAL|MSN|NO|NUMBER|S)[:#]?)*[A-Z]{0,3}\d{6,}[A-Z]{0,2}\d{0,3}")
MANGLED = re.compile(r"\d[.,]\d+E\+?\d+", re.IGNORECASE)  # a long number that a spreadsheet rounded
BRANCH = re.compile(r"[A-Z]\d{5}\d{3}")  # a branch surgery is its practice's code and three digits
DATE = re.compile(r"(?:19|20)\d\d[-/.]?\d\d[-/.]?\d\d|\d\d[-/.]\d\d[-/.](?:19|20)\d\d")


def site_findings(columns: Mapping[str, Column], index: OrganisationIndex) -> Iterator[Hit]:
    """Find sites that were not in use, that were another trust's, that are no code held, and meter numbers.

    Words of the sender's own are no finding. Parameters as of `organisation_findings`.
    """
    site = _in_capitals(columns[COLUMN])
    if not site.labels:
        return
    columns = {**columns, COLUMN: site}
    places = index.places(site.labels)
    is_site = (places >= 0) & (index.kind[places] == _number_of(SITE, index))
    closed, early = out_of_use(columns, COLUMN, is_site, places, index)
    yield from few_or_one(
        "site_closed", "many", closed.pairs, closed.cells, COLUMN, lambda pair, where: _closed(pair, where, index)
    )
    yield from few_or_one(
        "site_not_open_yet", "many", early.pairs, early.cells, COLUMN, lambda pair, where: _early(pair, where, index)
    )
    meters = np.array(
        [
            place < 0 and is_meter(word) and not _begins_with_code(word, index)
            for place, word in zip(places.tolist(), site.labels, strict=True)
        ]
    )
    if (meters & site.met).any():
        yield from _meters(site, meters & site.met)
    if is_site.any():
        yield from _of_others(columns, places, is_site, index)
    others = np.array([
        place < 0 and not meter and len(plain(word)) == SITE_CODE
        for place, meter, word in zip(places.tolist(), meters.tolist(), site.labels, strict=True)
    ])  # fmt: skip
    if others.any():
        yield from _unknown(columns, others, index)


def _begins_with_code(word: str, index: OrganisationIndex) -> bool:
    """Tell whether a word begins with an organisation's code, as the sender's own numbers of sites do."""
    return word[:1].isalpha() and word[:TRUST_CODE] in index.number


def _in_capitals(site: Column) -> Column:
    """Return a column whose small letters are read as capitals, which all codes have."""
    capitals = [word.upper() for word in site.labels]
    if tuple(capitals) == site.labels:
        return site
    labels = tuple(dict.fromkeys(capitals))
    place = {word: number for number, word in enumerate(labels)}
    return site.renamed(np.array([*(place[word] for word in capitals), BLANK], np.int32), labels)


@kept(1 << 16)
def is_meter(word: str) -> bool:
    """Tell whether a word is the number of a meter or supply, rather than the code or name of a site.

    Examples
    --------
    >>> [is_meter(word) for word in ("1200012345678", "MPRN 74123456", "K0123456D", "Ward 12", "LS9 7TF", "RX101")]
    [True, True, True, False, False, False]
    """
    if not any(letter.isdigit() for letter in word) or DATE.fullmatch(word.strip()):
        return False
    joined = SEPARATORS.sub("", word.upper())
    return bool(METER.fullmatch(joined) and not BRANCH.fullmatch(joined)) or bool(MANGLED.fullmatch(word.strip()))


def _meters(site: Column, wanted: Mask) -> Iterator[Hit]:
    here = np.flatnonzero(wanted)
    group = np.full(len(site.labels) + 1, BLANK, np.int64)
    group[here] = np.arange(len(here))
    at = site.where(group >= 0)
    cells = Grouped(at, group[site.part(at).codes], len(here))
    yield from few_or_one("site_wrong", "many", [site.labels[each] for each in here.tolist()], cells, COLUMN, _meter)


def _meter(word: str, where: Places) -> Hit:
    return Hit("site_wrong", "", where, COLUMN, {"word": word})


def _closed(pair: tuple[str, str], where: Places, index: OrganisationIndex) -> Hit:
    known, successor = closed_before(*pair, index)
    if successor:
        return Hit("site_closed", "followed", where, COLUMN, {"known": known, "year": pair[1], "successor": successor})
    return Hit("site_closed", "", where, COLUMN, {"known": known})


def _early(pair: tuple[str, str], where: Places, index: OrganisationIndex) -> Hit:
    return Hit("site_not_open_yet", "", where, COLUMN, {"known": not_open_yet(*pair, index)})


def _of_others(columns: Mapping[str, Column], places: Places, is_site: Mask, index: OrganisationIndex) -> Iterator[Hit]:
    """Find sites that were another trust's in the year, unless one of the two follows the other."""
    trust_of = np.append(np.where(is_site, index.sole_trust[places], OWN), OWN)
    own = np.append(index.places(columns["organisation"].labels), OWN)

    def owners(site: str, organisation: str, year: str) -> str:
        found = index.trusts(site, year)
        if not found or organisation in found or not index.reports(organisation) or found & index.kin(organisation):
            return ""
        return " and ".join(sorted(found))

    def doubtful(site: Column, organisation: Column) -> Mask:
        trust, sender = site.looked_up(trust_of), organisation.looked_up(own)
        found: Mask = (trust != OWN) & (sender != OWN) & (trust != sender)
        return found

    def said(item: tuple[str, ...], where: Places) -> Hit:
        site, organisation, year, trusts = item
        values = {"code": site, "name": in_title_case(index.name_of(site)), "owners": trusts, "year": year,
                  "organisation": organisation}  # fmt: skip
        return Hit("site_of_another", "", where, COLUMN, values)

    cells, words = _distinct(columns, (COLUMN, "organisation", "period"), doubtful)
    told = _told(cells, words, [owners(*each) if all(each) else "" for each in words])
    yield from few_or_one("site_of_another", "many", *told, COLUMN, said)


def _unknown(columns: Mapping[str, Column], others: Mask, index: OrganisationIndex) -> Iterator[Hit]:
    """Find words of the form of a trust's site codes that the release does not hold."""
    words_of_others = {columns[COLUMN].labels[each] for each in np.flatnonzero(others).tolist()}
    wanted = np.append(others, False)

    def near(site: str, organisation: str) -> str:
        trust, read = organisation[:TRUST_CODE], plain(site)
        if site not in words_of_others:
            return ""
        codes = [each for each in index.alike(site) if each.startswith(trust)]
        if codes:
            return " or ".join(codes)
        return UNLIKE if site == read and site.startswith(trust) else ""  # else a word of the sender's own

    def said(item: tuple[str, ...], where: Places) -> Hit:
        site, organisation, codes = item
        if codes == UNLIKE:
            values = {"code": site, "organisation": organisation, "release": index.release}
            return Hit("site_unknown", "", where, COLUMN, values)
        return Hit("site_unknown", "near", where, COLUMN, {"code": site, "codes": codes, "release": index.release})

    cells, words = _distinct(columns, (COLUMN, "organisation"), lambda site, _: site.looked_up(wanted))
    told = _told(cells, words, [near(*each) if all(each) else "" for each in words])
    yield from few_or_one("site_unknown", "many", *told, COLUMN, said)


def _distinct(
    columns: Mapping[str, Column], names: tuple[str, ...], doubtful: Callable[[Column, Column], Mask]
) -> tuple[tuple[Column, Places], list[tuple[str, ...]]]:
    """Return the distinct words of the doubtful cells in some columns, and which of them each of these cells has."""
    used = {name: columns[name].renamed(np.append(np.arange(1, len(columns[name].labels) + 1), 0).astype(np.int32),
                                        ("", *columns[name].labels)) for name in names}  # fmt: skip
    if crossed_by(used) is not None:  # their combinations are few, whatever the number of cells
        place, words = distinct(used, names)
        return (place, np.zeros(0, np.int64)), words
    at = np.flatnonzero(doubtful(columns[COLUMN], columns["organisation"]))
    place, words = distinct({name: column.part(at) for name, column in used.items()}, names)
    return (place, at), words


def _told(
    cells: tuple[Column, Places], words: Sequence[tuple[str, ...]], texts: Sequence[str]
) -> tuple[list[tuple[str, ...]], Grouped]:
    """Return the combinations of words of which a text is told, with it, and the cells of each."""
    kept = [each for each, text in enumerate(texts) if text]
    if not kept:
        return [], Grouped(np.zeros(0, np.int64), np.zeros(0, np.int64), 0)
    place, doubtful = cells
    group = np.full(len(words), BLANK, np.int64)
    group[kept] = np.arange(len(kept))
    here = place.where(group >= 0)
    at = doubtful[here] if len(doubtful) else here
    items = [(*words[each], texts[each]) for each in kept]
    return items, Grouped(at, group[place.part(here).numbers], len(kept))


def _number_of(kind: str, index: OrganisationIndex) -> int:
    return index.kinds.index(kind) if kind in index.kinds else -1
