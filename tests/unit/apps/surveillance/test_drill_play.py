"""A whole drill on a small map: every move enters the journal, and the score follows from it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.services import commit
from tuyen.apps.registry.operations import CreateUnit, Point, Tie
from tuyen.apps.registry.queries import atlas
from tuyen.apps.surveillance.drills import casting, crossing, story
from tuyen.apps.surveillance.drills.play import director, refusals
from tuyen.apps.surveillance.drills.scoring import record_of, score_of
from tuyen.apps.surveillance.drills.trainee import ByTheBook
from tuyen.apps.surveillance.models import Case, Drill, EventSignal
from tuyen.apps.surveillance.operations import ReportCase
from tuyen.apps.surveillance.operations.drills import BeginDrill, CallDrillPersona
from tuyen.apps.surveillance.operations.events import ReportSignal
from tuyen.kernel.ids import NODE, derived_id, uuid7
from tuyen.kernel.operation import Operation
from tuyen.rules.surveillance.drills import UnknownScenario, scenario, scenarios

BEGINS = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
TODAY = date(2026, 10, 25)
SPACE = uuid7()


def place(name):
    return derived_id(SPACE, name)


def furnish():
    """Three communes, each with a station and four villages, under one centre; and the province's."""
    made = []

    def unit(name, type, lon, *ties):
        payload = CreateUnit(
            type=type, name=name, since=date(2020, 1, 1), point=Point(lon=lon, lat=21.5),
            relations=tuple(Tie(kind=kind, object=place(of)) for kind, of in ties),
        )  # fmt: skip
        made.append(Operation.of(payload, id=place(name), unit=place(name), happened_on=TODAY,
                                 recorded_at=BEGINS))  # fmt: skip

    unit("P", "province", 103.0)
    for n, name in enumerate(("cdc", "laboratory", "department", "health_centre")):
        unit(name, name, 103.0 + n / 100, ("lies_in", "P"))
    for n in range(3):
        unit(f"C{n}", "commune", 103.1 + n / 10, ("lies_in", "P"))
        unit(f"S{n}", "station", 103.1 + n / 10, ("lies_in", f"C{n}"), ("serves", f"C{n}"),
             ("guided_by", "health_centre"))  # fmt: skip
        for v in range(4):
            unit(f"V{n}{v}", "village", 103.1 + n / 10 + v / 100, ("lies_in", f"C{n}"))
    unit("gate", "gate", 103.3, ("lies_in", "C2"))
    send(*made)


def send(*operations, at=BEGINS):
    receipts = commit(by=Actor.program(at.date()), operations=list(operations), at=at, react=False)
    assert all(receipt.ok for receipt in receipts), refusals(receipts)


@pytest.fixture
def own_map(db):
    """The registry's own map, not the small one of the room's other tests."""
    furnish()


@pytest.fixture
def prepared(own_map):

    def begin(name, seed=3, side="A"):
        scene, drill = scenario(name), derived_id(SPACE, "drill")
        cast = casting.cast(atlas(), scene, TODAY, seed)
        said = BeginDrill(scenario=name, seed=seed, side=side, begins=BEGINS, real=BEGINS,
                          ends=BEGINS + timedelta(days=scene.days))  # fmt: skip
        send(*casting.people(cast, drill, BEGINS), Operation.of(
            said, id=drill, unit=NODE, happened_on=TODAY, recorded_at=BEGINS))  # fmt: skip
        return director()

    return begin


def played(direct, trainee=None, until=None, start=None):
    now, end = start or direct.begins, until or direct.ends
    while now < end:
        now += timedelta(hours=1)
        direct.step(now)
        if trainee is not None:
            trainee.act(now)
    return direct


def test_a_drill_by_the_book_is_told_whole_and_scores_well(prepared):
    direct = prepared("measles_village")
    player = ByTheBook(direct)

    played(direct, player)
    result = score_of(direct, until=direct.ends)

    assert refusals([*direct.refused, *player.receipts]) == []
    assert result.score.cases == Case.objects.count() > 10
    assert result.score.spared > 0
    assert {d.id: d.met for d in result.score.decisions} == dict.fromkeys(
        (each.id for each in direct.scenario.expected), True
    )
    assert result.score.points >= 80
    assert record_of(result, Drill.objects.get()).findings == result.findings


def test_a_signal_from_before_the_drill_is_none_of_its_own_whatever_its_hour(prepared):
    direct, id, home = prepared("measles_village"), uuid7(), place("C0")
    seen = ReportSignal(sign="rash-fever", source="village", seen_on=TODAY, commune=home)
    send(Operation.of(seen, id=id, unit=home, happened_on=TODAY, recorded_at=BEGINS),
         at=BEGINS + timedelta(minutes=1))  # fmt: skip
    player = ByTheBook(direct)

    player.act(BEGINS + timedelta(hours=5))

    assert (player.receipts, player.outbreak) == ([], None)
    assert EventSignal.objects.get(id=id).screened_at is None


def test_a_drill_that_nobody_plays_scores_nothing_for_decisions(prepared):
    direct = played(prepared("measles_village"))

    result = score_of(direct, until=direct.ends)

    assert not any(decision.met for decision in result.score.decisions)
    assert result.score.answered == 0
    assert result.score.spared == 0
    assert {"open", "investigate"} <= {finding.code for finding in result.findings}


def test_a_director_who_is_replaced_half_way_goes_on_where_the_journal_stands(prepared):
    first = prepared("school_food_poisoning")
    half = first.begins + timedelta(days=3)
    played(first, until=half)
    told = Case.objects.count()

    second = played(director(), start=half)

    assert second.refused == []
    assert Case.objects.count() >= told > 0
    assert second.drill == first.drill


def test_a_question_is_answered_in_its_time_and_not_before(prepared):
    direct = prepared("measles_village")
    asked = CallDrillPersona(call="ask-station")
    send(Operation.of(asked, unit=NODE, happened_on=TODAY, recorded_at=BEGINS))

    direct.step(BEGINS + timedelta(hours=1))
    (answer,) = direct.answers
    assert answer.due == BEGINS + timedelta(hours=2)
    direct.step(BEGINS + timedelta(hours=2))

    assert direct.answers == []


@pytest.mark.parametrize("name", [each.id for each in scenarios()])
def test_every_scenario_tells_the_same_story_from_the_same_seed(prepared, name):
    scene = scenario(name)
    cast = casting.cast(atlas(), scene, TODAY, 5)
    one, again = (story.tell(scene, cast, drill=SPACE, begins=BEGINS, seed=5) for _ in range(2))

    assert [m.id for m in one.moves] == [m.id for m in again.moves]
    assert sorted(m.due for m in one.moves) == [m.due for m in one.moves]
    assert len({m.id for m in one.moves}) == len(one.moves)
    other = story.tell(scene, cast, drill=SPACE, begins=BEGINS, seed=6)
    assert [m.due for m in other.moves] != [m.due for m in one.moves]


def test_two_sides_share_the_outbreak_and_tell_no_case_twice(prepared):
    scene = scenario("dengue_border")
    cast = casting.cast(atlas(), scene, TODAY, 2)
    here, there = (
        story.tell(scene, cast, drill=SPACE, begins=BEGINS, seed=2, side=side) for side in "AB"
    )

    assert (here.hidden.onset == there.hidden.onset).all()
    ours, theirs = ({m.case for m in told.moves if m.case is not None} for told in (here, there))
    assert ours
    assert theirs
    assert not ours & theirs


def test_a_case_that_was_infected_across_the_border_is_a_signal_there_once(prepared):
    direct = prepared("dengue_border", seed=2, side="B")
    for move in [move for move in direct.story.moves if isinstance(move.payload, ReportCase)]:
        direct._make(move, move.due)
    told = crossing.crossings()
    source, side = direct.story.hidden.source, direct.story.hidden.side
    by_case = {story.case_id(direct.drill, n): n for n in range(side.size)}

    assert told
    assert {side[source[by_case[each.case]]] for each in told} == {0}  # side A

    signals = crossing.signals(told, direct.ends)
    by = Actor.program(TODAY)
    first = commit(by=by, operations=signals, at=direct.ends, react=False)
    again = commit(
        by=by, operations=crossing.signals(told, direct.ends), at=direct.ends, react=False
    )

    assert {receipt.status for receipt in first} == {"accepted"}
    assert {receipt.status for receipt in again} == {"already-had"}
    assert EventSignal.objects.filter(disease="dengue", source="gate").count() == len(told)


def test_a_map_without_stations_has_no_place_for_a_drill(own_map):
    early = date(1990, 1, 1)
    with pytest.raises(casting.NoPlace):
        casting.cast(atlas(), scenario("measles_village"), early, 1)


def test_an_unknown_scenario_names_those_there_are():
    with pytest.raises(UnknownScenario) as refused:
        scenario("zombies")

    assert "measles_village" in refused.value.values["known"]
