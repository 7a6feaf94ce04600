"""The engines of the store against slow, obvious answers."""

import math
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuyen.engines.supply import first_out, levels, need, reference
from tuyen.engines.supply.excursions import stretches
from tuyen.engines.supply.exposure import Moved, traced

DAY = date(2026, 10, 25)
SHELVES = ("fridge", "shelf", "station")


# -- exposure --------------------------------------------------------------------------------------


@st.composite
def ledgers(draw):
    """Movements of two lots between three shelves and the outside, none below zero."""
    held = {(place, lot): 0 for place in SHELVES for lot in "AB"}
    moved, at = [], 0
    for _ in range(draw(st.integers(0, 14))):
        at += draw(st.integers(0, 3))
        lot = draw(st.sampled_from("AB"))
        full = [place for place in SHELVES if held[place, lot]]
        source = draw(st.sampled_from(["supplied", *full]))
        target = draw(st.sampled_from([p for p in (*SHELVES, "used") if p != source]))
        most = held[source, lot] if source != "supplied" else 9
        vials = draw(st.integers(1, most))
        for place, change in ((source, -vials), (target, vials)):
            if (place, lot) in held:
                held[place, lot] += change
        moved.append(Moved(at, lot, vials, source, target))
    return moved


@given(ledgers(), st.integers(0, 20), st.integers(0, 20))
def test_what_stood_there_is_traced_as_vial_by_vial(moved, since, lasting):
    there = frozenset({"fridge"})

    found = traced(moved, there, since, since + lasting)

    assert found == reference.traced_one_by_one(moved, there, since, since + lasting)


@given(ledgers())
def test_every_lot_sums_to_nothing(moved):
    held = reference.recount(moved)

    for lot in "AB":
        assert sum(vials for (_, one), vials in held.items() if one == lot) == 0


def test_what_left_before_and_came_after_was_not_there():
    moved = [
        Moved(0, "A", 100, "supplied", "fridge"),
        Moved(1, "A", 30, "fridge", "station"),
        Moved(5, "A", 40, "fridge", "station"),
        Moved(9, "A", 10, "supplied", "fridge"),
    ]

    found = traced(moved, frozenset({"fridge"}), 2, 4)

    assert found == {("fridge", "A"): 30, ("station", "A"): 40}


# -- excursions ------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(1, 90), st.integers(-30, 150)), min_size=1, max_size=12
    ),
    st.booleans(),
)  # fmt: skip
def test_the_time_beyond_a_limit_is_that_of_every_minute(steps, above):
    minutes, celsius, at = [], [], 0
    for gap, tenth in steps:
        at += gap
        minutes.append(at)
        celsius.append(tenth / 10 + 0.05)  # never on the limit itself
    asked = {"limit": 8.0 if above else 2.0, "above": above, "bridges": 60}

    found = stretches(minutes, celsius, at_least=0, **asked)
    slow = reference.minutes_beyond(minutes, celsius, **asked)

    inside = {m for one in found for m in range(math.ceil(one.since), math.floor(one.until) + 1)}
    edges = {round(edge) for one in found for edge in (one.since, one.until)}
    assert inside - slow <= edges
    assert slow - inside <= edges


@pytest.mark.parametrize(
    ("readings", "found"),
    [
        ([(0, 5.0), (480, 6.0)], []),
        ([(0, 5.0), (480, 9.5), (960, 5.0)], [(320, 640, 9.5)]),
        ([(0, 5.0), (480, 9.5)], [(320, 480, 9.5)]),
        ([(0, 5.0), (60, 8.5), (120, 5.0)], []),  # too short
        ([(0, 9.0), (2000, 9.0)], []),  # nothing is known of the day between
    ],
)
def test_two_hours_above_eight(readings, found):
    minutes, celsius = zip(*readings, strict=True)

    made = stretches(minutes, celsius, limit=8.0, above=True, at_least=120, bridges=960)

    assert [(round(s.since), round(s.until), s.worst) for s in made] == found


def test_one_reading_below_zero_is_enough():
    made = stretches([0], [-0.4], limit=0.0, above=False, at_least=0, bridges=960)

    assert [(one.minutes, one.worst, one.going_on) for one in made] == [(0, -0.4, True)]


# -- need ------------------------------------------------------------------------------------------


@given(st.floats(0.01, 60), st.sampled_from([1, 5, 10, 20]))
def test_vials_of_a_session_are_the_mean_over_chance(doses, size):
    assert need.mean_vials(doses, size) == pytest.approx(
        reference.mean_vials_by_cases(doses, size), abs=1e-6
    )


@given(st.floats(0.01, 300), st.sampled_from([1, 5, 10, 20]))
def test_need_is_never_less_than_the_doses_and_never_a_vial_too_much(doses, size):
    vials = need.mean_vials(doses, size)

    assert doses / size - 1e-9 <= vials <= doses / size + 1


def test_many_children_are_reckoned_alike_on_both_sides_of_the_shortcut():
    below, above = need.mean_vials(399.9, 10), need.mean_vials(400.1, 10)

    assert above - below == pytest.approx(0.02, abs=1e-3)
    assert abs(need.enough_vials(399.9, 1, 0.95) - need.enough_vials(400.1, 1, 0.95)) <= 1


@given(st.floats(0.01, 80), st.sampled_from([1, 5, 10]), st.sampled_from([0.5, 0.8, 0.95]))
def test_vials_that_are_carried_are_enough_and_one_fewer_is_not(doses, size, certainty):
    vials = need.enough_vials(doses, size, certainty)

    def chance(most):
        return sum(
            math.exp(-doses + n * math.log(doses) - math.lgamma(n + 1)) for n in range(most + 1)
        )

    assert chance(vials * size) >= certainty - 1e-9
    assert vials == 0 or chance((vials - 1) * size) < certainty


def plan(**changes):
    asked = {
        "doses_a_month": 2.0, "size": 10, "sessions_a_month": 1, "months": 6, "open_days": 0,
        "closed_wastage": 0.0, "certainty": 0.95,
    }  # fmt: skip
    return need.forecast(**asked | changes)


def test_a_vial_is_opened_in_every_session_not_every_month():
    by_session = plan(sessions_a_month=2)

    # Two infants a month fill a fifth of a vial; in two sessions of one each, most open a new one.
    assert plan(size=1).vials == pytest.approx(12)
    assert plan().vials == pytest.approx(6 * (1 - math.exp(-2)), rel=1e-3)
    assert by_session.vials == pytest.approx(12 * (1 - math.exp(-1)), rel=1e-3)
    assert by_session.wastage > plan().wastage > 0.7


def test_vials_that_stay_good_are_shared_by_sessions():
    shared, alone = plan(sessions_a_month=4, open_days=28), plan(sessions_a_month=4)

    assert shared.vials == pytest.approx(plan().vials)
    assert alone.vials > 1.8 * shared.vials
    assert plan(closed_wastage=0.1).vials == pytest.approx(plan().vials / 0.9)


def test_opened_vials_are_shared_within_their_days():
    assert need.pooled([1, 2, 3, 4], [0, 7, 28, 29], 28) == [6, 4]
    assert need.pooled([1, 2], [0, 1], 0) == [1, 2]


# -- first expired, first out ----------------------------------------------------------------------

shelves = st.lists(
    st.builds(
        first_out.Shelf,
        lot=st.sampled_from("ABC"),
        held_in=st.sampled_from("xy"),
        expires_on=st.integers(-5, 60).map(lambda n: DAY + timedelta(n)),
        vials=st.integers(0, 6),
        stage=st.integers(1, 4),
        opened=st.booleans(),
    ),
    max_size=6,
)


@given(shelves, st.integers(0, 25))
def test_the_proposal_takes_the_vials_that_go_first(held, wanted):
    taken, lacking = first_out.propose(held, wanted, DAY)

    one_by_one = reference.vials_in_order(held, wanted, DAY)
    assert [(s.lot, s.held_in) for s, many in taken for _ in range(many)] == one_by_one
    assert lacking == wanted - len(one_by_one)


# -- levels ----------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.integers(-3, 30), st.integers(0, 40)), max_size=5),
    st.integers(1, 4),
)
def test_what_expires_before_it_is_used_is_what_is_left_day_by_day(held, use):
    slow = reference.lost_day_by_day(held, use)

    assert levels.will_expire(held, use) == math.floor(slow + 1e-9)


@pytest.mark.parametrize(
    ("changes", "order"),
    [
        ({}, (10, 20, 15)),
        ({"on_hand": 11}, (10, 20, 0)),
        ({"on_hand": 11, "expiring": 4}, (10, 20, 13)),
        ({"on_the_way": 10}, (10, 20, 0)),
        ({"least": 2, "most": 4}, (2, 4, 0)),
        ({"pack": 10}, (10, 20, 20)),
        ({"need_a_month": 0.0, "on_hand": 0}, (0, 0, 0)),
    ],
)
def test_an_order_fills_up_to_the_most(changes, order):
    asked = {
        "need_a_month": 10.0, "on_hand": 5, "on_the_way": 0, "least_months": 1, "most_months": 2,
    }  # fmt: skip
    made = levels.order(**asked | changes)

    assert (made.least, made.most, made.vials) == order
    assert made.due == (order[2] > 0)


def test_days_without_stock_say_nothing_about_the_need():
    out = levels.days_without([(3, 10), (6, 0), (8, 5)], 1, 10)

    assert out == 4  # 1, 2, 6, 7
    assert levels.lasting(30, 12, 10, out) == levels.Lasting(2.0, 15.0)
    assert levels.lasting(30, 0, 10, 0).days is None


@given(
    st.lists(
        st.builds(
            need.Injected, st.floats(0, 1e4), st.floats(0, 1e4), st.sampled_from(["", "ad", "ad2"]),
            st.sampled_from(["", "mix"]), st.sampled_from(["", "water"]),
        ),
        max_size=6,
    ),
    st.floats(0, 1),
)  # fmt: skip
def test_every_use_has_its_syringe_and_every_syringe_a_place_in_a_box(given_, spare):
    found = need.goods(given_, box="box", holds=100, spare=spare)

    for item in ("ad", "ad2"):
        uses = sum(one.doses for one in given_ if one.syringe == item)
        assert found.get(item, (0.0, 0.0))[0] == pytest.approx(uses)
    used = sum(found[item][0] for item in ("ad", "ad2", "mix") if item in found)
    assert found.get("box", (0.0, 0.0))[0] == pytest.approx(used / 100)
    poured = sum(one.vials for one in given_ if one.diluent)
    assert found.get("water", (0.0, 0.0))[1] == pytest.approx(poured)
