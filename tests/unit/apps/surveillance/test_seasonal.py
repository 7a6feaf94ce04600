"""Weekly counts against the same weeks of earlier years, in the installation."""

from datetime import date, timedelta

import msgspec
import pytest

from tests.unit.apps.surveillance.conftest import NOW, TODAY, place
from tuyen.apps.access import guard
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import bulk
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance import detection, places, queries, seasonal
from tuyen.apps.surveillance.detection import detect
from tuyen.apps.surveillance.explaining import explain
from tuyen.apps.surveillance.models import Alarm, Count
from tuyen.apps.surveillance.operations import MarkEpidemicYear, RaiseAlarm
from tuyen.apps.surveillance.scan import scan
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Operation
from tuyen.rules.surveillance.detectors import detectors

MONDAY = date(2026, 10, 19)
MERGER = date(2025, 7, 1)
COLUMNS = (
    "id", "disease", "commune_id", "day", "week", "age_band", "sex", "classification", "cases",
    "deaths",
)  # fmt: skip


@pytest.fixture
def counted(db, monkeypatch):
    """counted({(commune, Monday): cases}, disease): counts as the services would keep them."""
    monkeypatch.setattr(places, "people_in", lambda day, on: {})

    def give(cells, disease="mumps"):
        rows = [
            (derived_id(place(c), disease, day), disease, place(c), day, day, 3, "female",
             "suspected", n, 0)
            for (c, day), n in cells.items() if n
        ]  # fmt: skip
        with guard.opened("test"):
            bulk.insert(Count, COLUMNS, rows)

    return give


def weeks(commune, cases, years=6.0, until=MONDAY):
    """The same count in each week before one, from so many years ago."""
    return {
        (commune, until - timedelta(weeks=n)): cases for n in range(1, round(years * 52.18) + 1)
    }


def loud(**more):
    """{commune's short name: finding} of the detector in the week that runs."""
    named = {place(name): name for name in "ABCMND"}
    return {
        named[f.commune]: f
        for f in detect(TODAY, **more).findings
        if f.rule == seasonal.RULE and f.period.start == MONDAY
    }


def test_a_week_above_its_season_is_an_alarm_that_says_why(counted):
    counted(weeks("D", 2) | {("D", MONDAY): 14})

    scan(on=TODAY, at=NOW)

    row = Alarm.objects.get(rule="FAR-FLEX")
    figures = msgspec.json.decode(row.figures)
    assert (row.commune_id, row.observed, row.level) == (place("D"), 14, "signal")
    assert 1.5 < row.expected < 2.5 < row.bound < 14
    assert figures["p"] < 1e-4
    assert figures["score"] > 1
    assert (figures["years"], figures["reason"], figures["to"]) == (5, "judged", "2026-10-25")
    said = str(explain({"rule": row.rule, "observed": 14, "expected": row.expected,
                        "bound": row.bound, "since": row.since}, figures))  # fmt: skip
    assert said.startswith("14 cases in the week of 19/10/2026; about 2 expected")
    assert queries.alarms(by=Actor.program(TODAY), rules_=queries.SIGNALS).total >= 1


def test_a_scan_again_raises_nothing_new(counted):
    counted(weeks("D", 2) | {("D", MONDAY): 14})
    scan(on=TODAY, at=NOW)

    assert scan(on=TODAY, at=NOW) == []


def test_a_commune_born_last_year_has_the_history_of_its_ground(counted):
    before = {
        (name, day): 3
        for name in "AB"
        for _, day in weeks("A", 1) if day < MERGER
    }  # fmt: skip
    after = {("M", day): n * 6 for (_, day), n in weeks("M", 1).items() if day >= MERGER}
    counted(before | after | {("M", MONDAY): 7})

    assert loud() == {}, "six a week have been usual there for as long as anybody counted"

    with guard.opened("test"):
        Count.objects.filter(commune_id=place("M"), day=MONDAY).update(cases=30)
    assert 5 < loud()["M"].expected < 7


def test_an_epidemic_year_is_no_measure(counted):
    year = {("D", date(2024, 8, 5) + timedelta(weeks=n)): 40 for n in range(22)}
    counted(weeks("D", 2) | year | {("D", MONDAY): 60})
    assert loud() == {}, "with that year in it, sixty cases would be nothing new"

    mark = MarkEpidemicYear(disease="mumps", year=2024, reason="dịch năm 2024")
    operation = Operation.of(mark, unit=place("D"), happened_on=TODAY, recorded_at=NOW)
    commit(by=Actor.program(TODAY), operations=[operation], at=NOW)

    assert loud()["D"].bound < 14


@pytest.mark.parametrize(
    ("why", "change", "judged"),
    [
        ("six years on record", {}, True),
        ("records of two years", {"years": 2}, False),
        ("another definition since last year", {"since": date(2025, 6, 2)}, False),
        ("another definition, four years ago", {"since": date(2022, 6, 6)}, True),
        ("out of use", {"settings": {"farrington": {}}}, False),
    ],
)
def test_what_cannot_be_compared_is_not(counted, monkeypatch, why, change, judged):
    settings = detectors(TODAY)._replace(**change.get("settings", {}))
    if "since" in change:
        settings = settings._replace(changed_definitions={"mumps": change["since"]})
    monkeypatch.setattr(detection, "detectors", lambda on: settings)
    counted(weeks("D", 2, change.get("years", 6)) | {("D", MONDAY): 14})

    assert ("D" in loud()) == judged, why


def test_more_people_have_more_cases(counted, monkeypatch):
    counted(weeks("D", 4) | {("D", MONDAY): 30})
    plain = loud()["D"].expected
    grown = {2026: 2000}
    monkeypatch.setattr(
        places, "people_in", lambda day, on: {place("D"): grown.get(day.year, 1000)}
    )

    assert loud()["D"].expected > 1.6 * plain


def test_few_cases_and_none_for_ever_are_passed_over(counted):
    counted(weeks("D", 0) | weeks("N", 1) | {("D", MONDAY): 4, ("N", MONDAY): 1})

    assert loud() == {}


def test_a_year_of_53_weeks_is_compared_with_the_weeks_nearest_its_days(counted):
    monday, day = date(2026, 12, 28), date(2027, 1, 2)
    counted(weeks("D", 2, 6, monday) | {("D", monday): 14})

    found = [f for f in detect(day).findings if f.rule == seasonal.RULE]

    assert [(f.period.label, f.observed) for f in found] == [("2026-W53", 14)]


def test_after_a_report_only_what_changed_is_judged(counted):
    counted(weeks("D", 2) | {("D", MONDAY): 14} | weeks("N", 2) | {("N", MONDAY): 14})
    seasonal.warm()

    assert set(loud(pairs=[("mumps", place("D"))])) == {"D"}


def test_a_report_does_not_wait_for_a_compiler(counted, monkeypatch):
    counted(weeks("D", 2) | {("D", MONDAY): 14})
    monkeypatch.setattr(seasonal, "_warm", False)

    assert loud(pairs=[("mumps", place("D"))]) == {}


def test_alarms_of_the_first_version_are_read_as_they_were():
    said = RaiseAlarm(
        rule="EARS-C1", disease="mumps", period="2026-W43", level="signal", observed=6, method="ears/1"
    )  # fmt: skip
    raw = msgspec.json.encode(said)

    assert RaiseAlarm.KIND.version == 2
    assert RaiseAlarm.KIND.decode(1, raw) == said
