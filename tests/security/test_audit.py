"""Who read what is written down, one entry for each record shown; the resident is told all of it."""

import pytest
from django.db import connection

from tests.security.addresses import PROGRAMS, addresses, read
from tests.security.conftest import NOW, Province, actor
from tuyen.apps.access import policies, queries
from tuyen.apps.access.models import Reading, ReadingHit

OPENED = {  # what is opened -> the ids that must stand in the log
    "person": lambda h: (f"/people/{h.person}/", {h.person}),
    "household": lambda h: (f"/households/{h.household}/", {h.household, h.person}),
    "case": lambda h: (f"/cases/{h.case}/", {h.case}),
    "a case to amend": lambda h: (f"/cases/{h.case}/amend/", {h.case}),
    "line list": lambda h: ("/cases/", {h.case}),
    "operation": lambda h: (f"/operations/{h.operation}/", {h.operation, h.person}),
    "the readings themselves": lambda h: (f"/people/{h.person}/readings/", {h.person}),
    "the readings, by program": lambda h: (f"/api/v1/people/{h.person}/readings", {h.person}),
    "cases, by program": lambda h: ("/api/v1/cases", {h.case}),
    "case, by program": lambda h: (f"/api/v1/cases/{h.case}", {h.case}),
    "operation, by program": lambda h: (f"/api/v1/operations/{h.case}", {h.case}),
    "patient": lambda h: (f"/fhir/R4/Patient/{h.person}", {h.person}),
    "patients": lambda h: (f"/fhir/R4/Patient/{h.person}/$everything", {h.person}),
    "feed": lambda h: ("/api/v1/feed?kind=surveillance.report_case", {h.case}),
}


LISTED = {  # where a search or a list shows people -> whom: one row for the search, and its hits
    "people": lambda h: ("/people/?q=Giang", {h.person, h.household}),
    "households": lambda h: ("/households/?q=Giang", {h.person, h.household}),
    "palette": lambda h: ("/palette/?q=Giang", {h.person, h.household}),
    "suggestion": lambda h: ("/suggest/persons/?q=Giang", {h.person, h.household}),
    "people, by program": lambda h: ("/api/v1/people?q=Giang", {h.person}),
}


def forget() -> None:
    """Empty the log, so that what stands in it next is of the next address."""
    ReadingHit.objects.all()._raw_delete(connection.alias)
    Reading.objects.all()._raw_delete(connection.alias)


def noted(who, path: str) -> set:
    forget()
    client = who.program if path.startswith(PROGRAMS) else who.browser
    answer = client.get(path)
    assert answer.status_code == 200, read(answer)[:300]
    opened = Reading.objects.filter(user_id=who.user).exclude(subject__endswith=".search")
    hits = ReadingHit.objects.filter(reading__user_id=who.user)
    return {id for rows in (opened, hits) for id in rows.values_list("subject_id", flat=True)}


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
    assert {row.channel for row in rows} == {"api" if path.startswith(PROGRAMS) else "web"}
    assert {(row.role, row.unit_id) for row in rows} == {("station-head", province.near.units["S"])}


@pytest.mark.check("AT-01")
@pytest.mark.parametrize("what", LISTED)
def test_a_search_is_one_row_with_everybody_it_showed(what, province, holder, open_log):
    path, ids = LISTED[what](province.near)
    who = holder("station-head")

    assert noted(who, path) == ids
    (row,) = Reading.objects.filter(user_id=who.user)
    assert (row.subject, row.count, row.role) == (
        "registry.person.search",
        len(ids),
        "station-head",
    )


def unsaid(province, path: str, said: str) -> list[str]:
    """Where what an address showed of a record and what the log says of it since differ."""
    if "{" in path or path.startswith(("/language/", "/sign-out/")):
        return []
    wrong = []
    rows = [*Reading.objects.all(), *ReadingHit.objects.all()]
    logged = {row.subject_id for row in rows}
    for half in province.halves:
        for word, id in (("person", half.person), ("case", half.case)):
            shown = f"{half.word}{word}" in said
            if shown != (id in logged) and not path.endswith("/readings"):  # told by its id
                wrong.append(f"{path}: {half.word}{word} shown {shown}, logged {id in logged}")
    return wrong


def unwritten(who, province) -> list[str]:
    """The same over every address. It is asked of three posts in `test_crawl`."""
    wrong = []
    for path in addresses(province):
        forget()
        answer = (who.program if path.startswith(PROGRAMS) else who.browser).get(path)
        wrong += unsaid(province, path, read(answer))
    return wrong


@pytest.mark.check("AT-01", mutant=True)
@pytest.mark.parametrize("door", ["registry.views_find.note_shown", "journal.views._note"])
def test_mutant_a_list_or_page_that_notes_nothing_is_found(
    door, province, holder, open_log, monkeypatch
):
    monkeypatch.setattr(f"tuyen.web.{door}", lambda *said: None)

    assert unwritten(holder("station-head"), province) != []


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
        (who.program if path.startswith(PROGRAMS) else who.browser).get(path)

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


@pytest.mark.check("AT-09", mutant=True)
@pytest.mark.parametrize("years", [-10, 10])
def test_mutant_a_feed_in_the_order_of_the_devices_clocks_is_found(years, province, monkeypatch):
    from tuyen.apps.journal import queries as journal

    honest = journal._shown
    monkeypatch.setattr(
        journal, "_shown",
        lambda by, rows: sorted(honest(by, rows), key=lambda kept: kept.recorded_at),
    )  # fmt: skip

    with pytest.raises(AssertionError):
        test_a_clock_that_is_years_wrong_neither_reorders_nor_hides(years, province)


# -- AT-10: the resident is told -------------------------------------------------------------------


def words_for(who, half) -> str:
    """What a resident is shown, without its markup."""
    import re

    page = read(who.browser.get(f"/people/{half.person}/readings/"))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main")[2]))


@pytest.mark.check("AT-10")
def test_a_resident_is_told_who_read_what_when_from_where_and_why(province, holder):
    near = province.near
    for role, letter, path in (
        ("midwife", "S", f"/people/{near.person}/"), ("physician-assistant", "S", "/people/?q=Giang"),
        ("health-centre-supervisor", "Z", f"/cases/{near.case}/"),
    ):  # fmt: skip
        assert holder(role, letter).browser.get(path).status_code == 200
    holder("station-head").program.get("/api/v1/people?q=Giang")
    nurse = holder("midwife")
    nurse.browser.post(f"/people/{near.person}/reveal/", {"purpose": "care"})

    told = words_for(holder("population-officer"), near)

    for words in (
        "Người thử", "Midwife · Trạm 0", "opened your record", "saw your name in a list or a search",
        "Physician assistant", "by another program", "looked at your numbers", "your care",
        "ordinary duty", "25/10/2026",
    ):  # fmt: skip
        assert words in told, words


@pytest.mark.check("AT-10")
def test_the_case_reports_about_a_resident_count_though_who_shows_it_may_not_read_them(
    province, holder
):
    from tuyen.apps.surveillance.operations import ReportCase

    near = province.near
    report = ReportCase(
        disease="measles", sex="female", age=7, commune=near.units["C"], onset_on=NOW.date(),
        classification="suspected", name="Giàng Nearperson", person=near.person,
    )  # fmt: skip
    case = province.good(report, near.units["S"])
    holder("cdc-epidemiologist", "H").browser.get(f"/cases/{case}/")
    shower = holder("population-officer")

    assert shower.browser.get(f"/cases/{case}/").status_code == 404
    assert "read a case report about you" in words_for(shower, near)


@pytest.mark.check("AT-10")
def test_programs_are_told_the_same_and_only_for_ones_own_residents(province, holder):
    near, far = province.near, province.far
    who = holder("station-head")
    holder("midwife").browser.get(f"/people/{near.person}/")

    rows = who.program.get(f"/api/v1/people/{near.person}/readings").json()["readings"]

    assert [(row["role"], row["subject"], row["purpose"]) for row in rows] == [
        ("midwife", "registry.person", "duty")
    ]
    assert who.program.get(f"/api/v1/people/{far.person}/readings").status_code == 404
    assert who.browser.get(f"/people/{far.person}/readings/").status_code == 404


@pytest.mark.check("AT-10")
def test_a_tablet_that_holds_the_records_is_told_of(province, holder):
    from tuyen.apps.access import devices

    near = province.near
    by = actor("midwife", near.units["S"])
    counts = {("registry.person", near.units["V"]): 12}
    devices.record_handed_out(by=by, device=near.person, counts=counts, at=NOW)

    assert "holds the records of your place on a tablet" in words_for(holder("station-head"), near)


@pytest.mark.check("AT-10", mutant=True)
def test_mutant_a_view_that_leaves_searches_out_is_found(province, holder, monkeypatch):
    nobody = ReadingHit.objects.none()
    monkeypatch.setattr(ReadingHit.objects, "filter", lambda **asked: nobody)

    with pytest.raises(AssertionError, match="saw your name"):
        test_a_resident_is_told_who_read_what_when_from_where_and_why(province, holder)
