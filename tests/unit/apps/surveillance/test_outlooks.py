"""The night looks for clusters and ahead; what it expected is kept and later held against it."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import numpy as np
import pytest

from tests.unit.apps.surveillance.conftest import place
from tuyen.apps.access import guard
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import bulk
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance import hotspots, outlook, places, queries
from tuyen.apps.surveillance.models import Alarm, CountChange, Outlook
from tuyen.apps.surveillance.operations import Ahead, KeepOutlook
from tuyen.apps.surveillance.scan import scan_clusters
from tuyen.apps.surveillance.tasks import look_ahead, night
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Operation

ON = date(2026, 10, 25)
AT = datetime(2026, 10, 25, 14, 0, tzinfo=UTC)
COLUMNS = (
    "id", "disease", "commune_id", "day", "classification", "reported_on", "known_at",
    "received_at", "cases",
)  # fmt: skip


@pytest.fixture
def known(db, monkeypatch):
    """known([(commune, onset, delay in days, cases)], disease): reports as they became known."""
    monkeypatch.setattr(places, "people_in", lambda day, on: {})
    taken = iter(range(10**6))

    def give(reports, disease="influenza"):
        rows = []
        for commune, onset, delay, cases in reports:
            told = onset + timedelta(days=delay)
            at = datetime(told.year, told.month, told.day, 5, tzinfo=UTC)
            rows += [
                (derived_id(place("P"), "known", next(taken)), disease, place(commune), onset,
                 "suspected", told, at, at, 1)
                for _ in range(cases)
            ]  # fmt: skip
        with guard.opened("test"):
            bulk.insert(CountChange, COLUMNS, rows)

    return give


def steady(communes="MND", years=2.2, until=ON, delays=(1, 2, 4)):
    """A case a day in each commune, reported after different delays."""
    return [
        (commune, until - timedelta(days=n), delays[n % len(delays)], 1)
        for commune in communes
        for n in range(round(365 * years))
        if n >= delays[n % len(delays)]  # not reported yet
    ]


def kept(area="P", **more):
    return msgspec.json.decode(Outlook.objects.get(area_id=place(area), **more).content, type=Ahead)


def test_cases_still_to_come_are_expected_and_weeks_ahead_are_forecast(known):
    known(steady())

    (receipt,) = look_ahead(on=ON, at=AT)

    assert receipt.ok, receipt.refusal
    whole = kept()
    median = 5
    assert len(whole.reported) == outlook.WEEKS_SHOWN
    assert whole.reported[-1] < whole.nowcast[-1][median] <= 24, "21 fell ill in the week"
    assert whole.nowcast[0][median] == whole.reported[0], "long ago all is reported"
    assert len(whole.forecast) == 4
    assert all(14 <= row[median] <= 28 for row in whole.forecast)
    assert whole.reproduction[-1][1] < 1 < whole.reproduction[-1][2]
    assert whole.growth[1] < 0 < whole.growth[2]


def test_communes_sum_to_their_province(known):
    known(steady())
    look_ahead(on=ON, at=AT)

    whole = kept().forecast
    parts = [kept(name).forecast for name in "MND"]
    for h, row in enumerate(whole):
        assert abs(row[5] - sum(part[h][5] for part in parts)) <= 3, "rounded to whole cases"


def test_a_forecast_is_made_once_a_week_and_nowcasts_every_night(known):
    known(steady())
    look_ahead(on=ON - timedelta(days=3), at=AT - timedelta(days=3))
    look_ahead(on=ON, at=AT)

    rows = Outlook.objects.filter(area_id=place("P")).order_by("made_on")
    assert [row.horizon for row in rows] == [4, 0]
    assert look_ahead(on=ON, at=AT) == []


def test_nothing_that_became_known_later_changes_a_byte(known):
    known(steady())
    before = [bytes(o.payload) for o in outlook.operations(on=ON, at=AT)]
    clusters = hotspots.find(ON, AT)

    known([("M", ON - timedelta(days=n), n + 1, 20) for n in range(60)])

    assert [bytes(o.payload) for o in outlook.operations(on=ON, at=AT)] == before
    assert hotspots.find(ON, AT) == clusters


def test_few_cases_say_nothing(known):
    known([("M", ON - timedelta(days=30), 1, 3)])

    assert look_ahead(on=ON, at=AT) == []


@pytest.fixture
def on_a_line(atlas, monkeypatch):
    """The communes of today's map on one road, ten kilometres apart."""
    at = {place(name): (103.0 + 0.1 * n, 21.5) for n, name in enumerate("MND")}
    monkeypatch.setattr(type(atlas), "point", lambda self, id, on=None: at.get(id))


def test_a_cluster_is_an_alarm_with_its_communes(known, on_a_line):
    known([(c, ON - timedelta(days=7 * n), 1, 2) for c in "MND" for n in range(1, 26)])
    known([("M", ON - timedelta(days=n), 0, 6) for n in range(6)])

    scan_clusters(on=ON, at=AT)

    row = Alarm.objects.get(rule="SCAN-ST")
    figures = msgspec.json.decode(row.figures)
    assert row.commune_id == place("M")
    assert row.observed >= 36
    assert figures["p"] <= 0.01
    assert str(place("M")) in figures["members"]
    assert scan_clusters(on=ON, at=AT) == [], "looking again finds the same"
    found = queries.alarms(by=Actor.program(ON), rules_=("SCAN",)).rows[0]
    assert "cases in" in str(found.sentence)
    assert "nights" in str(found.sentence)


def test_no_cluster_where_every_commune_has_its_share(known, on_a_line):
    known(steady(years=0.6))

    assert hotspots.find(ON, AT) == []


def keep(said=None, *, by=None, **changes):
    plain = {
        "disease": "influenza", "known_at": AT, "first_week": date(2026, 10, 12),
        "origin": date(2026, 10, 26), "levels": (0.05, 0.5, 0.95),
        "areas": (Ahead(area=place("M"), reported=(1, 2), forecast=((0, 2, 5),)),),
        "method": "x/1",
    }  # fmt: skip
    operation = Operation.of(
        KeepOutlook(**plain | changes), unit=place("P"), happened_on=ON, recorded_at=AT
    )
    (receipt,) = commit(by=by or Actor.program(ON), operations=[operation], at=AT)
    return receipt.refusal.code if receipt.refusal else None


@pytest.mark.parametrize(
    ("why", "changes", "code"),
    [
        ("as the night sends it", {}, None),
        ("from what was not known yet", {"known_at": AT + timedelta(hours=1)},
         "surveillance.bad-outlook"),
        ("a level is missing", {"levels": (0.5, 0.95)}, "surveillance.bad-outlook"),
        ("quantiles fall",
         {"areas": (Ahead(area=place("M"), forecast=((3, 2, 5),)),)}, "surveillance.bad-outlook"),
        ("an area twice",
         {"areas": (Ahead(area=place("M")), Ahead(area=place("M")))}, "surveillance.bad-outlook"),
    ],
)  # fmt: skip
def test_what_is_kept_does_not_contradict_itself(db, why, changes, code):
    assert keep(**changes) == code, why


def test_what_was_expected_is_not_changed_afterwards(db):
    assert keep() is None
    assert keep() == "surveillance.outlook-kept"


def test_nobody_but_the_program_expects(db, holder):
    assert keep(by=holder(("cdc-epidemiologist", place("P")))) == "surveillance.outlook-of-program"


def test_a_forecast_is_scored_by_what_came(known):
    monday = date(2026, 10, 5)
    keep(
        origin=monday, known_at=AT - timedelta(days=20), first_week=monday - timedelta(days=14),
        areas=(Ahead(area=place("M"), reported=(1, 2), forecast=((0, 2, 5), (0, 2, 5))),),
    )  # fmt: skip
    known([("M", monday, 1, 2), ("M", monday + timedelta(days=7), 1, 9)])

    one, two = queries.forecast_scores(
        by=Actor.program(ON), disease="influenza", area=place("M"), at=AT, on=ON
    )

    assert (one.horizon, one.forecasts, one.covered_90, two.covered_90) == (1, 1, 1.0, 0.0)
    assert one.wis < two.wis


def test_a_reader_sees_the_outlooks_of_their_own_areas(known, holder):
    known(steady())
    look_ahead(on=ON, at=AT)

    reader = holder(("station-head", place("stM")))

    assert set(queries.outlooks(by=reader, disease="influenza", on=ON)) == {place("M")}
    everything = queries.outlooks(by=Actor.program(ON), disease="influenza", on=ON)
    assert set(everything) == {place(name) for name in "PMND"}
    assert everything[place("P")].forecast_on == ON


def test_a_season_is_shown_with_what_was_to_be_expected(known):
    monday = date(2026, 10, 19)
    known([("D", monday - timedelta(weeks=n), 1, 2) for n in range(320)])
    known([("D", monday, 1, 12)])

    found = queries.season(by=Actor.program(ON), disease="influenza", at=AT, area=place("D"))

    assert found.years == 5
    assert found.cases[-1] == 14
    assert np.isfinite(found.expected).all()
    assert found.bound[-1] < 14


def test_the_night_says_what_it_did(known):
    known(steady())

    steps = [str(step.template).format(**step.values) for step in night(on=ON, at=AT)]

    assert steps[-1] == "1 diseases looked ahead for: nowcast, growth, forecast"
    assert len(steps) == 5
