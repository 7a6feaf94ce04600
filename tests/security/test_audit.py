"""Who read what is written down, one entry for each record shown, and holds no content itself."""

import pytest
from django.db import connection

from tests.security.conftest import NOW, Province, actor
from tests.security.test_matrix import read
from tuyen.apps.access import policies, queries
from tuyen.apps.access.models import Reading

OPENED = {  # what is opened -> the ids that must stand in the log
    "person": lambda h: (f"/people/{h.person}/", {h.person}),
    "household": lambda h: (f"/households/{h.household}/", {h.household, h.person}),
    "case": lambda h: (f"/cases/{h.case}/", {h.case}),
    "a case to amend": lambda h: (f"/cases/{h.case}/amend/", {h.case}),
    "line list": lambda h: ("/cases/", {h.case}),
    "operation": lambda h: (f"/operations/{h.operation}/", {h.operation}),
    "people, by program": lambda h: ("/api/v1/people?q=Giang", {h.person}),
    "cases, by program": lambda h: ("/api/v1/cases", {h.case}),
    "case, by program": lambda h: (f"/api/v1/cases/{h.case}", {h.case}),
    "operation, by program": lambda h: (f"/api/v1/operations/{h.case}", {h.case}),
    "feed": lambda h: ("/api/v1/feed?kind=surveillance.report_case", {h.case}),
}


def noted(who, path: str) -> set:
    Reading.objects.all()._raw_delete(connection.alias)
    client = who.program if path.startswith("/api/") else who.browser
    answer = client.get(path)
    assert answer.status_code == 200, read(answer)[:300]
    return set(Reading.objects.filter(user_id=who.user).values_list("subject_id", flat=True))


@pytest.fixture
def open_log():
    from tuyen.apps.access import guard

    with guard.opened("test"):
        yield


@pytest.mark.check("AT-01")
@pytest.mark.parametrize("what", OPENED)
def test_each_record_that_is_shown_is_noted_once(what, province, holder, open_log):
    path, ids = OPENED[what](province.near)
    who = holder("station-head")

    assert noted(who, path) == ids
    rows = Reading.objects.filter(user_id=who.user)
    assert rows.count() == len(ids)
    assert {(row.at, row.purpose) for row in rows} == {(NOW, "duty")}
    assert {row.channel for row in rows} == {"api" if path.startswith("/api/") else "web"}


@pytest.mark.check("AT-01", mutant=True)
def test_mutant_a_door_that_notes_nothing_is_found(province, holder, open_log, monkeypatch):
    from tuyen.web.registry import views_people

    monkeypatch.setattr(views_people, "record_readings", lambda **said: None)
    path, ids = OPENED["person"](province.near)

    assert noted(holder("station-head"), path) != ids


@pytest.mark.check("AT-01")
def test_a_reason_to_take_a_list_out_stands_in_the_log(province, holder):
    who = holder("station-head")

    who.browser.post("/cases/export/", {"form": "csv", "reason": "báo cáo tuần", "query": ""})

    (row,) = Reading.objects.filter(user_id=who.user, subject="surveillance.case")
    assert (row.subject_id, row.purpose) == (province.near.case, "báo cáo tuần")


@pytest.mark.check("AT-01")
def test_the_log_answers_who_opened_a_record(province, holder):
    who = holder("station-head")
    who.browser.get(f"/people/{province.near.person}/")

    found = queries.readings(by=actor("director", province.root), subject_id=province.near.person)

    assert [(row.user, row.subject) for row in found] == [(who.user, "registry.person")]
    with pytest.raises(policies.NotAllowed):
        queries.readings(by=actor("midwife", province.root), subject_id=province.near.person)


@pytest.mark.check("AT-05")
def test_the_log_of_readings_holds_no_content(province: Province, holder):
    who = holder("station-head")
    for make in OPENED.values():
        path, _ids = make(province.near)
        (who.program if path.startswith("/api/") else who.browser).get(path)

    assert Reading.objects.exists()
    assert columns_with_content() == []


def columns_with_content() -> list[str]:
    """Texts of the log that are not one of its own words."""
    own = {"duty", "care", "statistics", "web", "api"}
    texts = {t for row in Reading.objects.values_list("subject", "channel", "purpose") for t in row}
    return sorted(t for t in texts if t not in own and not t.replace(".", "").isalpha())


@pytest.mark.check("AT-05", mutant=True)
def test_mutant_a_name_in_the_log_is_found(province, open_log):
    Reading.objects.create(subject="registry.person", subject_id=province.near.person, at=NOW,
                           channel="web", purpose="Giàng Nearperson")  # fmt: skip

    assert columns_with_content() == ["Giàng Nearperson"]


@pytest.mark.check("AT-05")
def test_the_journal_holds_no_secret(province, holder):
    from tuyen.apps.access import clock, services
    from tuyen.apps.access.models import User
    from tuyen.apps.journal.models import Entry

    who = holder("station-head")
    services.set_password(user=who.user, password="ba ngọn núi xanh")
    token = services.invite(user=who.user, now=clock.real_now())
    hashed = User.objects.get(pk=who.user).password

    kept = b"".join(bytes(body) for body in Entry.objects.values_list("body", flat=True))

    assert not [s for s in ("ba ngọn núi xanh", token, hashed) if s.encode() in kept]


@pytest.mark.check("AT-09")
@pytest.mark.parametrize("years", [-10, 10])
def test_a_clock_that_is_years_wrong_neither_reorders_nor_hides(years, province):
    from datetime import timedelta

    from tuyen.apps.access.actors import Actor
    from tuyen.apps.journal import queries as journal
    from tuyen.apps.journal.services import commit
    from tuyen.apps.surveillance.operations import ReportZero
    from tuyen.kernel.operation import Operation

    by, at = Actor.program(NOW.date()), NOW
    end = journal.head()[1]
    skewed = NOW + timedelta(days=365 * years)
    unit = province.near.units["S"]
    sent = [
        Operation.of(ReportZero(week=week), unit=unit, happened_on=NOW.date(), recorded_at=recorded)
        for week, recorded in (("2026-W40", NOW), ("2026-W41", skewed), ("2026-W42", NOW))
    ]
    for each in sent:
        commit(by=by, operations=[each], at=at)

    page = journal.feed(by=by, after=end)

    assert [kept.id for kept in page.entries] == [each.id for each in sent]
    assert {kept.received_at for kept in page.entries} == {NOW}
