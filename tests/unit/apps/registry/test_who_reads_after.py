"""Nobody gains a record they had no right to on either date, whatever is merged, split or moved.

The oracle asks the tables, not the map: which areas does a unit serve on the day, what lies in them,
and which former units have their main successor there?
"""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.apps.registry.conftest import AFTER, BEFORE, MERGER, TODAY
from tests.unit.apps.registry.provinces import (
    Province,
    actors,
    decisions,
    merger,
    one_example,
    tables,
)
from tuyen.apps.access import policies
from tuyen.apps.registry import queries
from tuyen.apps.registry.models import Relation, Succession, Unit
from tuyen.apps.registry.operations import Reorganise
from tuyen.kernel.reorganising import MOVERS

EXAMPLES = settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
READS = ("registry.person.read", "surveillance.case.read", "surveillance.counts.read")


@pytest.fixture
def at(world, member):
    return Province(world, member)


def tied(kind, on):
    """(subject, object) of the relations of a kind on a day."""
    rows = Relation.objects.filter(kind=kind)
    return [
        (r.subject_id, r.object_id)
        for r in rows
        if (r.since or date.min) <= on < (r.until or date.max)
    ]


def rightful(unit, lines, on):
    """Units whose records a post at ``unit`` has a right to on a day: slow, from the rows."""
    posts = {unit}
    if "guided" in lines:
        posts |= {s for s, o in tied("guided_by", on) if o == unit}
    if "owned" in lines:
        posts |= {s for s, o in tied("owned_by", on) if o == unit}
    posts |= {s for s, o in tied("satellite_of", on) if o in posts}
    live = posts | {o for s, o in tied("serves", on) if s in posts}
    while True:
        inside = {s for s, o in tied("lies_in", on) if o in live and is_area(o)} - live
        if unit not in live or not inside:
            break
        live |= inside
    return live | {id for id in Unit.objects.values_list("pk", flat=True) if heir(id, on) in live}


def is_area(id):
    return Unit.objects.get(pk=id).kind == "area"


def heir(id, on):
    """Who stands for a unit on a day: along main successors while it is at an end."""
    while True:
        unit = Unit.objects.get(pk=id)
        if unit.until is None or unit.until > on:
            return id
        fact = Succession.objects.filter(predecessor=id, on=unit.until, main=True).first()
        if fact is None or fact.successor_id is None:
            return id
        id = fact.successor_id


def scopes(people):
    return [[policies.scope(by, right) for right in READS] for by in people]


@EXAMPLES
@given(make=decisions())
@pytest.mark.check("AC-09")
def test_nobody_gains_what_they_had_no_right_to_on_either_date(world, at, holder, make):
    with one_example():
        old = scopes(actors(at, holder, BEFORE, {}))
        decision = make(at)
        world.good(decision)
        now = {id: heir(id, AFTER) for _, id, _ in at.posts}
        readers = actors(at, holder, AFTER, now)
        new = scopes(readers)

        everywhere = set(Unit.objects.values_list("pk", flat=True))
        for reader, before, after in zip(readers, old, new, strict=True):
            (post,) = reader.posts
            lines = {"commune-committee": "owned", "health-centre-supervisor": "guided"}
            allowed = rightful(post.unit, lines.get(post.role, "own"), AFTER)
            for past, present in zip(before, after, strict=True):
                gained = {u for u in everywhere if present.covers(u) and not past.covers(u)}
                assert gained <= allowed, [queries.atlas().full_name(u) for u in gained - allowed]


@EXAMPLES
@given(make=decisions(convert=st.just(True)))
@pytest.mark.check("AC-09")
def test_each_person_is_read_by_one_station_before_and_at_most_one_after(world, at, holder, make):
    with one_example():
        world.good(make(at))
        for on in (BEFORE, AFTER):
            heads = [holder(("station-head", station), on=on) for station in at.stations]
            seen = [id for head in heads for id in queries.people(by=head, ids=at.people)]
            assert len(seen) == len(set(seen))
            if on == BEFORE:
                assert set(seen) == set(at.people)


@EXAMPLES
@given(make=decisions())
def test_a_preview_tells_what_the_decision_then_does_and_writes_nothing(world, at, holder, make):
    with one_example():
        planner = holder(("planner", at.province))
        decision, before = make(at), tables()
        told = queries.preview(by=planner, decision=decision)
        assert (told.refusal, tables()) == (None, before)
        world.good(decision)

        atlas = queries.atlas()
        everyone = sorted(atlas.units_by_id, key=str)
        for on in (BEFORE, AFTER, TODAY):
            assert told.after.communes(on) == atlas.communes(on)
            assert [told.after.commune_of(u, on) for u in everyone] == [
                atlas.commune_of(u, on) for u in everyone
            ]
            for line in ("own", "owned", "guided"):
                assert [told.after.reach(u, line, on) for u in everyone] == [
                    atlas.reach(u, line, on) for u in everyone
                ]
        assert told.communes == (len(atlas.communes(BEFORE)), len(atlas.communes(AFTER)))
        moved = {
            v for v in at.villages if atlas.commune_of(v, BEFORE) != atlas.commune_of(v, AFTER)
        }
        assert told.moved["people"] == told.moved["households"] == len(moved)


def test_a_preview_names_who_gains_and_who_loses(world, at, holder):
    new, decision = merger(at)
    told = queries.preview(by=holder(("planner", at.province)), decision=decision)

    committees = [r for r in told.readers if r.role == "commune-committee"]
    assert {r.unit for r in committees} == {new}
    assert [u.what for u in told.units] == ["ends", "ends", "opens"]
    assert told.moved["access.post"] == told.moved["logins"] == 2
    codes = [warning.code for warning in told.warnings]
    assert codes.count("registry.no-way-back") == 1


def test_a_preview_says_what_would_be_refused(at, holder):
    told = queries.preview(
        by=holder(("planner", at.province)), decision=Reorganise(on=MERGER, basis="x")
    )

    assert told.refusal.code == "registry.nothing-changes"


def test_who_may_not_decide_sees_no_preview(at, holder):
    with pytest.raises(policies.NotAllowed):
        queries.preview(
            by=holder(("station-head", at.stations[0])), decision=Reorganise(on=MERGER, basis="x")
        )


def test_a_room_takes_along_what_it_registers(world, at):
    new, decision = merger(at)
    told = []
    MOVERS["demo"] = lambda change: told.append(change) or ()
    try:
        world.good(decision)
    finally:
        del MOVERS["demo"]

    (change,) = told
    assert (change.on, dict(change.heirs)) == (
        MERGER, {at.communes[0]: new, at.communes[1]: new},
    )  # fmt: skip


@EXAMPLES
@given(make=decisions())
def test_any_series_keeps_its_total_on_either_map(world, at, make):
    with one_example():
        old = [*at.communes, *at.villages, *at.stations]
        counts = [[n % 5, 3 * n + 1, 1] for n in range(len(old))]
        days = [BEFORE - timedelta(days=400), BEFORE, AFTER]
        world.good(make(at))
        atlas = queries.atlas()
        totals = [sum(column) for column in zip(*counts, strict=True)]

        for map_on in (BEFORE, AFTER):
            done = atlas.rebase(map_on).to_communes(old, counts, days)
            assert done.counts.sum(axis=0).tolist() == totals
            assert (done.lower <= done.counts).all()
            assert (done.counts <= done.upper).all()
            back = atlas.rebase(BEFORE).rebase(list(done.unit_ids), done.counts)
            assert back.counts.sum(axis=0).tolist() == totals
