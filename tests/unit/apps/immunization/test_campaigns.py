"""A campaign over many stations is what its sessions hold, and who was put off stays put off."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.immunization.holding import (
    AT,
    LOT,
    TODAY,
    later,
    opened,
    planned,
    screened,
    through,
)
from tuyen.apps.immunization.operations import (
    Arrive,
    CloseSession,
    Leave,
    OpenSession,
    ReportCampaignDay,
    VialLine,
)
from tuyen.apps.immunization.queries.campaigns import campaign, campaigns

NAME = "Chiến dịch Sởi 2026"


@pytest.fixture
def measles(world):
    """Two stations: at one a child of ten months is vaccinated and one is put off, and its session is
    closed and reported; at the other a child of three years is vaccinated."""
    kind = {"kind": "campaign", "campaign": NAME}
    baby, hot = world.child(), world.child("Vàng A Nóng")
    older = world.child("Lò Thị Lớn", born=date(2023, 5, 1), place=world.other)
    session = opened(world, **kind)
    visit = through(world, session, baby)
    (waits,) = world.good(Arrive(session=session, person=hot), unit=world.station, at=AT)
    world.good(
        screened(waits, temperature=38.4), Leave(visit=waits),
        Leave(visit=visit, early="nhà xa"), unit=world.station, at=later(5),
    )  # fmt: skip
    line = VialLine(vaccine="MR", lot=LOT, size=10, taken=2, opened=1, returned=1)
    world.good(CloseSession(session=session, lines=(line,)), unit=world.station, at=later(10))
    (other,) = world.good(planned(**kind), unit=world.elsewhere, at=AT)
    world.good(OpenSession(session=other), unit=world.elsewhere, at=AT)
    elsewhere = world.station
    world.station = world.elsewhere
    through(world, other, older)
    world.station = elsewhere
    world.good(ReportCampaignDay(campaign=NAME, day=TODAY), unit=world.station, at=later(60))
    return world


def test_stations_and_ages_add_up(measles):
    found = campaign(by=measles.by, name=NAME, now=later(60))

    total = found.total.figures
    assert (total["sessions"], total["closed"], total["arrived"]) == (2, 1, 3)
    assert (total["vaccinated"], total["deferred"]) == (2, 1)
    assert total["ages"] == {"0": 1, "24": 1}
    assert {line.name: line.figures["vaccinated"] for line in found.by_unit} == {
        "Trạm y tế Nà Hỳ": 1, "Trạm y tế Chà Tở": 1,
    }  # fmt: skip
    # One vial of ten was opened for one child: nine doses of eleven used were lost.
    assert found.total.wastage == pytest.approx(9 / 11)
    assert [one.key for one in found.by_day] == [TODAY.isoformat()]


def test_who_has_not_reported_is_owed_after_five(measles):
    before = campaign(by=measles.by, name=NAME, now=later(60)).total
    after = campaign(by=measles.by, name=NAME, now=later(9 * 60 + 1)).total

    assert (before.days, before.reported, before.owed) == (2, 1, 0)
    assert (after.reported, after.late, after.owed) == (1, 0, 1)


def test_a_station_sees_its_own_part(measles, holder):
    station = holder(("station-head", measles.elsewhere))

    found = campaign(by=station, name=NAME, now=later(60))
    named = campaigns(by=station, first=TODAY, last=TODAY)

    assert [line.name for line in found.by_unit] == ["Trạm y tế Chà Tở"]
    assert [(one.name, one.units, one.sessions) for one in named] == [(NAME, 1, 1)]
    assert campaign(by=station, name="Không có", now=later(60)) is None
    assert campaign(by=station, name=NAME, now=AT, day=TODAY - timedelta(1)) is None


def test_the_statements_do_not_grow_with_the_stations(measles):
    with CaptureQueriesContext(connection) as asked:
        campaign(by=measles.by, name=NAME, now=later(60))

    assert len([one for one in asked if "maprevision" not in one["sql"]]) == 9
