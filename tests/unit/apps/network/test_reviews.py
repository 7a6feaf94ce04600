"""Reviews of sites: kept, amended, voided; the five criteria from what is known; nothing lost."""

import json
import re
from datetime import date, timedelta

import pytest
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.network.conftest import PROGRAM, TODAY, codes, op, place
from tuyen.apps.journal.replay import replay
from tuyen.apps.network import queries
from tuyen.apps.network.criteria import national_score
from tuyen.apps.network.models import SiteReview
from tuyen.apps.network.operations import (
    AmendReview,
    AttachSitePhotograph,
    Condition,
    Found,
    NationalPoints,
    ReviewSite,
    Staffed,
    Stated,
    VoidReview,
)
from tuyen.kernel.ids import uuid7
from tuyen.rules import network as rules
from tuyen.rules.loader import load

JPEG = b"\xff\xd8\xff" + b"." * 200 + b"\xff\xd9"


def found(**changes):
    plain = {
        "transport": "paved", "terrain": "mountain",
        "conditions": (Condition(line="water", level="good"), Condition(line="power", level="part")),
        "staff": (Staffed(post="doctor", number=1), Staffed(post="nurse", number=2)),
    }  # fmt: skip
    return Found(**plain | changes)


def row(name):
    return next(r for r in queries.network(by=PROGRAM, on=TODAY).rows if r.unit == place(name))


def points(name):
    return {s.criterion: None if s.points is None else round(s.points) for s in row(name).scores}


@pytest.fixture
def reviewed(db):
    review = op(ReviewSite(found=found()))
    assert codes(review) == ["accepted"]
    return review.id


def test_the_five_criteria_come_from_the_map_and_the_review(reviewed):
    # 600 people 1.1 km away and 1,400 at 5.2 km are 15.2 minutes at 22 km/h by a way of 1.4 times that.
    assert points("stM") == {
        "central": 90, "transport": 80, "density": 100, "infrastructure": 75, "staff": 40,
    }  # fmt: skip
    assert points("pM")["transport"] is None
    whole = queries.network(by=PROGRAM, on=TODAY)
    assert (whole.reviewed, len(whole.rows), whole.percent) == (1, 5, 20.0)


def test_what_the_reviewer_states_on_evidence_counts_in_place_of_the_measure(db):
    stated = (Stated(criterion="central", points=20, evidence="Suối chia đôi xã"),
              Stated(criterion="density", evidence="Chợ phiên ngay cạnh"))  # fmt: skip
    assert codes(op(ReviewSite(found=found(stated=stated)))) == ["accepted"]

    scores = {s.criterion: s for s in row("stM").scores}

    assert (scores["central"].points, scores["central"].source) == (20, "stated")
    assert (scores["density"].points, scores["density"].evidence) == (100, "Chợ phiên ngay cạnh")


@pytest.mark.parametrize(
    ("changes", "unit", "on", "code"),
    [
        ({"transport": "rocket"}, "stM", TODAY, "unknown-answer"),
        ({"conditions": (Condition(line="water", level="wet"),)}, "stM", TODAY, "unknown-answer"),
        ({"staff": (Staffed(post="nurse", number=1),) * 2}, "stM", TODAY, "answered-twice"),
        ({"national": (NationalPoints(criterion="care", points=13),)}, "stM", TODAY, "too-many-points"),
        ({"stated": (Stated(criterion="staff", points=90),)}, "stM", TODAY, "evidence-missing"),
        ({}, "m1", TODAY, "not-a-site"),
        ({}, "stM", TODAY + timedelta(days=1), "review-from-the-future"),
    ],
)  # fmt: skip
def test_a_review_that_contradicts_itself_is_refused(db, changes, unit, on, code):
    assert codes(op(ReviewSite(found=found(**changes)), unit, on=on)) == [code]


def test_an_empty_review_and_one_of_nobody_are_refused(reviewed):
    assert codes(
        op(ReviewSite(found=Found())),
        op(VoidReview(review=uuid7(), reason="Ghi nhầm")),
        op(VoidReview(review=reviewed, reason="Ghi nhầm"), "stN"),
        op(AmendReview(review=uuid7(), found=found(), reason="Ghi nhầm")),
    ) == ["nothing-found", "unknown-review", "unknown-review", "unknown-review"]


def test_an_amended_review_stays_to_be_read_and_the_new_one_counts(reviewed):
    better = AmendReview(review=reviewed, found=found(transport="main-road"), reason="Đường mới")

    assert codes(op(better), op(better)) == ["accepted", "unknown-review"]

    page = queries.site(by=PROGRAM, unit=place("stM"), on=TODAY)
    assert points("stM")["transport"] == 100
    assert sorted(one.state for one in page.reviews) == ["amended", "standing"]


def test_a_voided_review_counts_no_more(reviewed):
    assert codes(op(VoidReview(review=reviewed, reason="Trạm khác"))) == ["accepted"]
    assert row("stM").review is None


def test_photographs_stand_with_their_review_so_many_and_no_more(reviewed):
    most = rules.photographs().most
    one = AttachSitePhotograph(review=reviewed, criterion="transport", jpeg=JPEG)
    bad = AttachSitePhotograph(review=reviewed, jpeg=b"x" * 200)

    assert codes(op(bad), *(op(one) for _ in range(most + 1))) == [
        "photograph-unreadable", *["accepted"] * most, "photographs-enough",
    ]  # fmt: skip
    page = queries.site(by=PROGRAM, unit=place("stM"), on=TODAY)
    assert queries.site_photograph(by=PROGRAM, id=page.reviews[0].photographs[0][0]) == JPEG


def test_the_national_criteria_pass_only_when_all_are_marked():
    full = {key: one.most for key, one in rules.national(TODAY).items()}
    weak = full | {"population": 5}

    assert national_score(full, TODAY, 1).passes is True
    assert national_score(weak, TODAY, 1)[4:6] == (["population"], False)
    assert national_score({"care": 12}, TODAY, 1).passes is None
    assert national_score({}, TODAY, 1) is None


def test_the_national_criteria_are_those_of_the_day_and_the_zone(tmp_path, monkeypatch, reviewed):
    """An act of 2027 asks less of zone 3 and passes it earlier; until then the old one holds."""
    shipped = load("network/national")
    told = json.loads(json.dumps(shipped, default=_plain))
    later = {
        "from": "2027-01-01",
        "source": {"act": "Quyết định thử"},
        "confidence": "L",
        "unit": "points",
    }
    words = {"vi": "Dân số", "en": "Population", "zh": "人口"}
    told["criteria"] = [told["criteria"], {
        **later, "list": [{"key": "population", "most": {1: 20, 2: 20, 3: 10}, **words}]}]  # fmt: skip
    told["pass_total"]["values"].append({**later, "value": {1: 90, 2: 90, 3: 60}})
    (tmp_path / "network").mkdir()
    text = yaml.safe_dump(told, allow_unicode=True)
    (tmp_path / "network" / "national.yaml").write_text(re.sub(r"'(\d{4}-\d\d-\d\d)'", r"\1", text))
    monkeypatch.setenv("TUYEN_RULES", str(tmp_path))
    day = date(2027, 1, 1)

    assert national_score({"population": 10}, day - timedelta(days=1), 3).of == 100
    found = [national_score({"population": 12}, day, zone) for zone in (1, 3)]

    assert [(one.points, one.of, one.passes) for one in found] == [(12, 20, False), (10, 10, True)]
    assert [(one.total_line, one.each_line) for one in found] == [(90, 50), (60, 50)]
    before = rules.national(day - timedelta(days=1))
    assert set(rules.national(day)) == {"population"}
    assert rules.national_names().keys() >= before.keys(), "an old review is still read in words"
    sources = [(one.key, one.told, one.since) for one in rules.sources() if one.since == day]
    assert sources == [("national", "", day), ("pass_total", "1: 90, 2: 90, 3: 60", day)]


def _plain(told):
    return dict(told) if hasattr(told, "keys") else str(told)


def test_stations_are_counted_by_zone_whether_they_pass(db):
    full = tuple(NationalPoints(criterion=key, points=one.most)
                 for key, one in rules.national(TODAY).items())  # fmt: skip
    assert codes(op(ReviewSite(found=found(national=full)), "stM"),
                 op(ReviewSite(found=found(national=full[:3])), "stN")) == ["accepted"] * 2  # fmt: skip

    told = queries.network(by=PROGRAM, on=TODAY).national

    assert sum(one.stations for one in told) == 2
    assert (sum(one.marked for one in told), sum(one.passing for one in told)) == (1, 1)
    zones = {row.unit: row.zone for row in queries.network(by=PROGRAM, on=TODAY).rows}
    assert {one.zone for one in told} == {zones[place("stM")], zones[place("stN")]}


def test_a_batch_takes_as_many_statements_as_one_and_is_rebuilt_by_a_replay(db):
    sites = ("stM", "pM", "cM", "stN", "pN")
    many = [op(ReviewSite(found=found(note=str(n))), sites[n % 5]) for n in range(40)]
    counted = []
    for some in (many[:1], many[1:]):
        with CaptureQueriesContext(connection) as asked:
            assert set(codes(*some)) == {"accepted"}
        counted.append(len(asked))

    assert counted[0] == counted[1]
    assert SiteReview.objects.count() == 40
    assert replay().same
