"""What the rooms above hold follows a reorganisation without a row of theirs being written: open
alarms are read by who answers for the place now, and published figures stay as they were published."""

from decimal import Decimal

import pytest
from msgspec import structs

from tests.unit.apps.registry.conftest import AFTER, BEFORE, NOW
from tests.unit.apps.registry.provinces import Province, merger, tables
from tuyen.apps.indicators import queries as indicators
from tuyen.apps.indicators.operations import PublishFigure
from tuyen.apps.registry import queries
from tuyen.apps.registry.operations import Conversion, UndoReorganisation
from tuyen.apps.surveillance import queries as surveillance
from tuyen.apps.surveillance.operations import RaiseAlarm
from tuyen.kernel.period import Period

WRITTEN_BY_MAP = {"Unit", "UnitName", "UnitType", "UnitCode", "UnitPoint", "UnitFunction",
                  "Relation", "Succession", "MapRevision", "Post", "Holding"}  # fmt: skip


@pytest.fixture
def at(world, member):
    return Province(world, member)


def raised(world, commune):
    week = Period.of("epiweek", BEFORE).label
    alarm = RaiseAlarm(rule="AL-A", disease="plague", period=week, level="alert", observed=1,
                       method="law/1")  # fmt: skip
    (id,) = world.good(alarm, unit=commune, on=BEFORE)
    return id


def test_an_open_alarm_is_its_new_stations_from_the_day_on(world, at, holder):
    alarm = raised(world, at.communes[1])
    heads = [("station-head", station) for station in at.stations[:3]]
    before = [surveillance.alarm(by=holder(post, on=BEFORE), id=alarm) for post in heads]
    new, decision = merger(at)
    point = Conversion(unit=at.stations[1], type="satellite_point", satellite_of=at.stations[0])
    rows = tables()
    world.good(_with(decision, converts=(point,)))

    after = [surveillance.alarm(by=holder(post, on=AFTER), id=alarm) for post in heads]

    assert [seen is not None for seen in before] == [False, True, False]
    assert [seen is not None for seen in after] == [True, False, False]
    assert queries.atlas().commune_of(at.communes[1], AFTER) == new
    now = tables()
    assert {table for table in rows if now[table] != rows[table]} <= WRITTEN_BY_MAP


def _with(decision, **change):
    return structs.replace(decision, **change)


def test_a_published_figure_is_reproduced_as_published_before_and_after(world, at):
    figure = PublishFigure(
        indicator="patients", period="2024", value=Decimal("635950"), document="Báo cáo năm",
        measure_unit="visits",
    )  # fmt: skip
    (id,) = world.good(figure, unit=at.communes[0])
    published = indicators.figure(by=world.by, id=id)
    (decision,) = world.good(merger(at)[1])
    merged = indicators.figure(by=world.by, id=id)
    world.good(UndoReorganisation(decision=decision, reason="thử"))

    assert merged == published == indicators.figure(by=world.by, id=id)
    assert (published.row.value, published.row.unit) == (Decimal("635950"), at.communes[0])


def test_undoing_is_refused_while_an_alarm_stands_at_the_new_commune(world, at):
    new, decision = merger(at)
    (id,) = world.good(decision)
    week = Period.of("epiweek", NOW.date()).label
    alarm = RaiseAlarm(rule="AL-A", disease="plague", period=week, level="alert", observed=1,
                       method="law/1")  # fmt: skip
    world.good(alarm, unit=new)

    code, said = world.refused(UndoReorganisation(decision=id, reason="thử"))

    assert code == "registry.records-since"
    assert "Xã Mới (1 of them)" in said
