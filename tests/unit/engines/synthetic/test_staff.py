"""Posts, tenures and the logins of the personas."""

from collections import Counter
from datetime import date
from itertools import pairwise

from tuyen.rules.access import role_table

MERGED = date(2025, 7, 1)


def test_a_login_for_each_persona_at_a_sensible_unit(dien_bien):
    logins = {login.persona: login for login in dien_bien.staff.logins}
    kinds = {unit.ref: unit.kind for unit in dien_bien.network.facilities}

    assert {f"P{n}" for n in range(1, 13)} <= set(logins)
    assert len({login.login for login in logins.values()}) == len(logins)
    assert kinds[logins["P1"].unit] == "station"
    assert kinds[logins["P6"].unit] == "regional-health-centre"
    assert kinds[logins["P7"].unit] == "cdc"
    assert kinds[logins["P10"].unit] == "gate"
    assert kinds[logins["P12"].unit] == "department"


def test_the_supervisor_guides_the_station_of_the_others(dien_bien):
    logins = {login.persona: login for login in dien_bien.staff.logins}
    guides = [
        r
        for r in dien_bien.network.relations
        if (r.subject, r.kind, r.until) == (logins["P1"].unit, "guided-by", None)
    ]

    assert [r.object for r in guides] == [logins["P6"].unit]


def test_every_role_has_rights(dien_bien):
    roles = {tenure.role for tenure in dien_bien.staff.tenures} - {""}

    assert roles <= set(role_table().roles)


def test_a_login_holds_its_post_on_the_last_day(dien_bien):
    held = {
        (t.member, t.post, t.unit)
        for t in dien_bien.staff.tenures
        if t.since <= dien_bien.until and t.until is None
    }

    assert all((x.member, x.post, x.unit) in held for x in dien_bien.staff.logins)


def test_tenures_lie_within_the_life_of_their_unit(dien_bien):
    life = {unit.ref: (unit.since, unit.until or date.max) for unit in dien_bien.network.facilities}
    for tenure in dien_bien.staff.tenures:
        since, until = life.get(tenure.unit, (date.min, date.max))
        assert since <= tenure.since < (tenure.until or date.max) <= until, tenure


def test_nobody_is_in_two_places(dien_bien):
    spans = {}
    for tenure in dien_bien.staff.tenures:
        spans.setdefault(tenure.member, []).append((tenure.since, tenure.until or date.max))
    for held in spans.values():
        held.sort()
        assert all(end <= begin for (_, end), (begin, _) in pairwise(held))


def test_one_head_in_each_station_after_the_merger(dien_bien):
    heads = Counter(
        t.unit
        for t in dien_bien.staff.tenures
        if t.post == "station-head" and t.since <= MERGED and (t.until is None or t.until > MERGED)
    )

    assert len(heads) == 45
    assert set(heads.values()) == {1}


def test_staff_are_of_working_age(dien_bien):
    for member in dien_bien.staff.members:
        age = (dien_bien.until - member.born).days / 365.25
        assert 24 < age < 62
