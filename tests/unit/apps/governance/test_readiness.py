"""The matrix: each cell from its source, the first that knows; what is not known is never ready."""

from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.governance.conftest import PROGRAM, TODAY, equipped, good, reviewed
from tests.unit.apps.surveillance.conftest import place
from tuyen.apps.access.actors import Actor, HeldPost
from tuyen.apps.governance import queries
from tuyen.apps.supply.operations import ServiceEquipment
from tuyen.kernel.ids import uuid7
from tuyen.rules import governance as rules
from tuyen.rules import supply as floors

FLOOR = [code for code, one in floors.equipment_kinds().items() if one.tracer and one.least == 1]


def rows(**rest):
    return {row.name: row for row in queries.readiness(by=PROGRAM, on=TODAY, **rest).rows}


def levels(name):
    row = rows()[f"station {name}"]
    return {cell.line: (cell.level, cell.source) for cell in row.cells}


def test_a_station_of_which_nothing_is_known_is_not_ready_on_anything(db):
    found = queries.readiness(by=PROGRAM, on=TODAY)

    # Visits and claims that were not made are a fact; all else is not known.
    assert {line for line, (level, _) in levels("stM").items() if level != "unknown"} == {
        "records", "billing"}  # fmt: skip
    assert (found.ready, round(found.complete, 3)) == (0, round(2 / len(rules.lines()), 3))


def test_a_line_comes_from_the_review_with_its_day_and_grows_old(db):
    reviewed("stM", date(2025, 1, 1), water="good", power="none", rooms="part")
    told = {cell.line: cell for cell in rows()["station stM"].cells}

    assert (told["water"].level, told["water"].source) == ("good", "review")
    assert told["water"].on == date(2025, 1, 1)
    assert told["water"].old(TODAY)
    assert not told["water"].old(date(2025, 6, 1))
    assert rows()["station stM"].gaps[:2] == ("rooms", "power")


def test_the_floor_is_counted_from_a_register_that_is_kept_and_an_overdue_check_is_not_ready(db):
    reviewed("stM", equipment="good")
    made = equipped("stM", "fridge", "logger")
    assert levels("stM")["equipment"] == ("good", "review")  # a register of the cold chain alone
    assert levels("stM")["cold-chain"] == ("good", "register")

    made |= equipped("stM", "ecg", "glucometer", "oximeter")
    floor = rows()["station stM"].floor
    assert levels("stM")["equipment"] == ("none", "register")
    assert (floor.work, "ecg" in floor.missing, floor.broken) == (5, False, ())

    good(ServiceEquipment(equipment=made["oximeter"], what="fault", note="Hỏng"), "stM")
    good(ServiceEquipment(equipment=made["ecg"], what="calibration", passed=True,
                          next_on=date(2026, 10, 24)), "stM")  # fmt: skip
    floor = rows()["station stM"].floor
    assert (floor.work, floor.broken, floor.overdue) == (3, ("oximeter",), ("ecg",))
    assert "oximeter" in floor.lacking
    assert "ecg" not in floor.lacking


def test_the_worst_station_stands_first_and_its_points_are_counted_on_the_map_of_the_day(db):
    reviewed("stM", **{key.replace("-", "_"): "good" for key in ("water", "power", "internet")})
    reviewed("pM", water="good")
    found = queries.readiness(by=PROGRAM, on=TODAY, map_on=TODAY)

    assert [row.name for row in found.rows] == ["station stN", "station stM"]
    assert [(row.points, row.points_known) for row in found.rows] == [(1, 0), (1, 1)]
    points = queries.readiness(by=PROGRAM, on=TODAY, kinds=("satellite_point",))
    assert {row.name for row in points.rows} == {"satellite_point pM", "satellite_point pN"}
    assert found.by_line()["water"] == (1, 1, 2)


def test_a_reader_sees_the_own_station_and_is_told_what_is_closed(db):
    head = Actor(user=uuid7(), name="x", channel="console", on=TODAY, purpose="duty",
                 posts=(HeldPost(uuid7(), "station-head", place("stN")),))  # fmt: skip
    committee = Actor(user=uuid7(), name="x", channel="console", on=TODAY, purpose="duty",
                      posts=(HeldPost(uuid7(), "commune-committee", place("M")),))  # fmt: skip

    assert [r.name for r in queries.readiness(by=head, on=TODAY).rows] == ["station stN"]
    assert queries.site_readiness(by=head, unit=place("stM"), on=TODAY) is None
    assert "register" in queries.readiness(by=committee, on=TODAY).closed


def test_the_matrix_takes_as_many_statements_for_many_facts_as_for_none(db):
    counted = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            queries.readiness(by=PROGRAM, on=TODAY)
        counted.append(len(asked))
        for unit in ("stM", "stN", "pM"):
            reviewed(unit, water="good")
            equipped(unit, "ecg", "fridge", "oximeter", "glucometer")

    assert counted[0] == counted[1] <= 10
