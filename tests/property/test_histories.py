"""Whatever merges, splits and moves: nothing is lost, and the order of merging and adding up does not matter."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nhscarbon as nc
from histories import History
from nhscarbon.analysis.rollup.hierarchy import Hierarchy
from nhscarbon.organisations.register import day_number
from nhscarbon.organisations.shares import shares_on

small = st.integers(0, 30)
part = st.integers(1, 15)
events = st.one_of(
    st.tuples(st.just("merge_trusts"), small, small),
    st.tuples(st.just("split_trust"), small, part),
    st.tuples(st.just("move_trust"), small, small, part),
    st.tuples(st.just("merge_boards"), small, small),
    st.tuples(st.just("split_board"), small, part),
)
inside = st.one_of(
    st.tuples(st.just("merge_neighbours"), small),
    st.tuples(st.just("split_trust"), small, part), st.tuples(st.just("merge_boards"), small, small),
    st.tuples(st.just("split_board"), small, part),
)  # fmt: skip


def history(boards, starts, changes):
    world = History(boards, starts)
    for place, (verb, *numbers) in enumerate(changes):
        getattr(world, verb)(*numbers, f"{2001 + place}-04-01")
    return world


histories = st.builds(history, st.integers(1, 4), st.lists(small, min_size=1, max_size=6), st.lists(events, max_size=8))


def tonnes_by(release, bodies, tonnes, day, level):
    found = shares_on(release, bodies, np.full(len(bodies), day_number(day)), level)
    sums = {}
    for source, target, share in zip(found.source, found.target, found.share, strict=True):
        sums.setdefault(release.codes[target], []).append(tonnes[source] * share)
    return {code: math.fsum(each) for code, each in sums.items()}, found


@given(
    histories, st.integers(2000, 2010), st.sampled_from(["icb", "region", "country"]), st.randoms(use_true_random=False)
)
def test_nothing_is_lost_and_every_share_is_the_one_walked_by_hand(world, year, level, random):
    release, day = world.build(), f"{year}-06-30"
    codes = [code for code, kind in world.kind.items() if kind in ("trust", "board") and world.opened[code] <= day]
    bodies = np.array([release.number[code] for code in codes])
    tonnes = [random.uniform(-1e6, 1e9) for _ in codes]
    sums, found = tonnes_by(release, bodies, tonnes, day, level)
    assert math.fsum(sums.values()) == pytest.approx(math.fsum(tonnes), rel=1e-12)
    for place, code in enumerate(codes):
        here = found.source == place
        got = {release.codes[n]: share for n, share in zip(found.target[here], found.share[here], strict=True)}
        want = world.walk(code, day, level)
        assert got.keys() == want.keys()
        assert all(got[end] == pytest.approx(float(share), abs=1e-13) for end, share in want.items())


@given(
    histories, st.integers(2000, 2010), st.sampled_from(["icb", "region", "country"]), st.randoms(use_true_random=False)
)
def test_merging_first_and_adding_up_then_is_adding_up_at_once(world, year, level, random):
    release, day = world.build(), f"{year}-06-30"
    codes = [code for code, kind in world.kind.items() if kind == "trust" and world.opened[code] <= day]
    tonnes = [random.uniform(0, 1e9) for _ in codes]
    bodies = np.array([release.number[code] for code in codes])
    at_once, _ = tonnes_by(release, bodies, tonnes, day, level)
    merged, _ = tonnes_by(release, bodies, tonnes, day, "trust")
    assert all(release.closed[release.number[code]] > day_number(day) for code in merged)
    again = np.array([release.number[code] for code in merged])
    then, _ = tonnes_by(release, again, list(merged.values()), day, level)
    assert then.keys() == at_once.keys()
    assert all(then[code] == pytest.approx(at_once[code], rel=1e-12, abs=1e-3) for code in then)


starts_of = st.lists(small, min_size=1, max_size=6)
some = st.randoms(use_true_random=False)


@given(st.integers(1, 4), starts_of, st.lists(events, max_size=4), st.lists(inside, max_size=4), some)
def test_adding_up_first_and_merging_the_boards_then_is_the_same(boards, starts, before, after, random):
    """Where trusts go with their boards, the boards' own sums restated are the trusts' sums restated."""
    world = history(boards, starts, [*before, *after])
    release = world.build()
    early, late = f"{2000 + len(before)}-06-30", f"{2000 + len(before) + len(after)}-06-30"
    codes = [code for code, kind in world.kind.items() if kind == "trust" and world.opened[code] <= early]
    tonnes = [random.uniform(0, 1e9) for _ in codes]
    bodies = np.array([release.number[code] for code in codes])
    first, _ = tonnes_by(release, bodies, tonnes, early, "icb")
    then, _ = tonnes_by(release, np.array([release.number[c] for c in first]), list(first.values()), late, "icb")
    at_once, _ = tonnes_by(release, bodies, tonnes, late, "icb")
    assert then.keys() == at_once.keys()
    assert all(then[code] == pytest.approx(at_once[code], rel=1e-12, abs=1e-3) for code in then)


@given(histories)
def test_every_history_is_sound_when_it_is_loaded(world):
    assert world.build().name == "made-up"


@given(histories, st.integers(2013, 2016))
def test_the_whole_road_conserves_every_boundary_and_theme(method, world, year):
    hierarchy = Hierarchy(world.build())
    codes = [code for code, kind in world.kind.items() if kind in ("trust", "board")]
    rows = [(code, f"{year + n % 2}/{(year + n % 2 + 1) % 100}", activity, 1000 * (n + 1), unit)
            for n, code in enumerate(codes)
            for activity, unit in (("energy.natural_gas", "kWh"), ("waste.recycling.mixed", "tonne"))
            if activity in method.catalogue.activities]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["organisation", "period", "activity", "quantity", "unit"])
    footprint = nc.calculate(frame, method)
    boundary = "direct_and_transmission"
    for to in ("trust", "icb", "region", "england"):
        rolled = nc.roll_up(footprint, hierarchy, to=to)
        assert rolled.total(boundary, across_years=True) == pytest.approx(
            footprint.total(boundary, across_years=True), rel=1e-12
        )
        by = rolled.by("period", "theme", boundary=boundary)["tco2e"].to_numpy()
        assert by == pytest.approx(footprint.by("period", "theme", boundary=boundary)["tco2e"].to_numpy(), rel=1e-12)
        assert nc.analysis.placings(footprint, hierarchy, to=to).table.groupby(["reported_by", "period"])[
            "share"
        ].sum().to_numpy() == pytest.approx(1, abs=1e-12)
