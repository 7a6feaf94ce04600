"""Who shares a session: every village once, nobody walks further than the rule, and small ones join."""

from hypothesis import given
from hypothesis import strategies as st

from tuyen.engines.immunization.planning import Reach
from tuyen.engines.immunization.pooling import Group, OnShelf, pooled, to_fetch

REACH = Reach(5, 15, 10, 4, 12, 50, 1, 0.05)


def test_those_near_the_station_share_its_session_and_a_far_one_alone_keeps_its_own():
    groups = pooled([5, 70, 6, 3], [2, 4, 30, 31], {(2, 3): 9.0}, REACH)

    assert groups == [Group((1, 0), True), Group((2,), False), Group((3,), False)]


def test_a_chain_of_small_villages_is_not_drawn_together_beyond_the_walk():
    apart = {(0, 1): 4.0, (1, 2): 4.0, (0, 2): 8.0}

    groups = pooled([3, 4, 80], [20, 20, 20], apart, REACH)

    assert [group.members for group in groups] == [(1, 0), (2,)]


@given(
    st.lists(st.tuples(st.integers(0, 120), st.floats(0, 40), st.floats(0, 20)), max_size=9),
)
def test_every_village_once_and_never_too_far(rows):
    children, km = [row[0] for row in rows], [row[1] for row in rows]
    apart = {
        (n, m): abs(rows[n][2] - rows[m][2]) for n in range(len(rows)) for m in range(n + 1, len(rows))
    }  # fmt: skip

    groups = pooled(children, km, apart, REACH)

    assert sorted(n for group in groups for n in group.members) == list(range(len(rows)))
    assert groups == pooled(children, km, apart, REACH)
    for group in groups:
        host = group.members[0]
        assert all(
            group.station or apart[min(host, n), max(host, n)] <= REACH.fixed_km
            for n in group.members[1:]
        )
        near = [km[n] <= REACH.fixed_km for n in group.members]
        assert all(near) if group.station else not any(near)


@given(
    st.integers(0, 60),
    st.lists(st.tuples(st.integers(0, 9), st.integers(-5, 200)), max_size=8),
    st.integers(0, 60),
)
def test_nothing_is_taken_twice_nor_too_old(needed, lots, days):
    shelf = [OnShelf(f"L{n}", vials, left) for n, (vials, left) in enumerate(lots)]

    told = to_fetch(needed, shelf, days)

    taken = dict(told.taken)
    assert sum(taken.values()) + told.fetch == needed
    assert all(taken[one.lot] <= one.vials for one in shelf if one.lot in taken)
    assert all(one.days >= days for one in shelf if one.lot in taken)
    assert told.too_old == sum(one.vials for one in shelf if one.days < days)
