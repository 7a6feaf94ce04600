"""The lists of the desk: right for a few, and asked as often for many."""

from datetime import timedelta

from django.test.utils import CaptureQueriesContext

from tests.unit.apps.clinical.conftest import AT, TODAY, World, found, visit
from tuyen.apps.access.actors import Actor, HeldPost
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import NextVisit, Referred
from tuyen.apps.clinical.queries.programme_lists import WHICH
from tuyen.apps.journal import store
from tuyen.kernel.ids import uuid7

FROM_THERE = TODAY - timedelta(days=30)


def head(unit) -> Actor:
    post = HeldPost(uuid7(), "station-head", unit)
    return Actor(user=uuid7(), name="Lù Thị Son", posts=(post,), on=TODAY, channel="web")


def asked(what):
    with CaptureQueriesContext(store.connection()) as told:
        answer = what()
    return answer, len(told)


def came(world: World, person, days: int, next_in: int | None = None, **rest):
    began = AT - timedelta(days=days)
    after = NextVisit(on=began.date() + timedelta(days=next_in)) if next_in else None
    return world.good(
        visit(person, began_at=began, next=after, **rest), unit=rest.pop("unit", world.station),
        on=began.date(),
    )  # fmt: skip


def test_expected_are_those_who_have_not_come_since(world: World) -> None:
    by = head(world.station)
    late, back, far = (world.person(name) for name in ("Lò Thị Hoa", "Vàng A Sua", "Cà Văn Inh"))
    for person in (late, back, far):
        came(world, person, 90, 30)  # long past
    came(world, late, 32, 30)
    came(world, back, 31, 30)
    came(world, back, 1)
    came(world, far, 20, 60)

    (one,) = queries.expected(by=by, unit=world.station, around=TODAY)

    assert (one.person, one.next_on) == (late, TODAY - timedelta(days=2))
    _, before = asked(lambda: queries.expected(by=by, unit=world.station, around=TODAY))
    for n in range(5):
        came(world, world.person(f"Lò Văn {n}"), 30, 30)
    rows, after = asked(lambda: queries.expected(by=by, unit=world.station, around=TODAY))
    assert (len(rows), after) == (6, before)


def test_tabs_are_one_statement_and_say_what_the_lists_hold(world: World) -> None:
    by = head(world.station)
    for n in range(4):
        came(world, world.person(f"Lò Văn {n}"), 60 - 10 * n, 30)
    filters = queries.PanelFilters(programme="hypertension", unit=world.station)

    queries.list_lengths(by=by, filters=filters, on=TODAY)
    lengths, statements = asked(
        lambda: queries.list_lengths(by=by, filters=filters, on=TODAY)
    )  # fmt: skip

    assert lengths == {
        which: queries.panel(
            by=by, on=TODAY,
            filters=queries.PanelFilters(which=which, programme="hypertension", unit=world.station),
        ).total
        for which in WHICH
    }  # fmt: skip
    assert lengths["all"] == 4
    assert statements <= 4  # the others ask for the map, once in a request


def test_pages_of_a_panel_follow_each_other_and_each_asks_as_often(world: World) -> None:
    by = head(world.station)
    people = {world.person(f"Lò Văn {n}") for n in range(5)}
    for person in people:
        came(world, person, 40, 30, diagnosed=found("I10"))
    filters = queries.PanelFilters(programme="hypertension")
    whole = queries.panel(by=by, filters=filters, on=TODAY)

    pages = [
        asked(lambda n=n: queries.panel(by=by, filters=filters, on=TODAY, page=n, size=2))
        for n in (1, 2, 3)
    ]  # fmt: skip

    assert [row for page, _ in pages for row in page.rows] == whole.rows
    assert {row.person for row in whole.rows} == people
    assert len({statements for _, statements in pages}) == 1


def test_sent_on_are_those_of_ones_units_and_of_the_people_who_live_there(world: World) -> None:
    ours, theirs = world.person("Lò Thị Hoa"), world.person("Cà Văn Inh", place=world.other)
    sent = Referred(to_name="Bệnh viện Mường Nhé", reason="huyết áp")
    for person, unit in ((ours, world.station), (ours, world.elsewhere), (theirs, world.station),
                         (theirs, world.elsewhere)):  # fmt: skip
        world.good(visit(person, referred=sent), unit=unit)

    found_, statements = asked(lambda: queries.referrals(by=head(world.station)))

    told = {(row.person, row.unit) for row in found_}
    assert told == {(ours, world.station), (ours, world.elsewhere), (theirs, world.station)}
    assert len(found_) == 3
    assert queries.referrals(by=head(world.station), state="returned") == []
    assert statements <= 4
