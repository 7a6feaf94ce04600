"""Births in a copy without people: what is given at one tells its day, and is moved with it."""

from datetime import date
from uuid import UUID

import pytest

from tuyen.apps.immunization.births import Births, unborn
from tuyen.apps.immunization.services.rows import dose_id

ENTRY, BORN = UUID(int=7), "2025-03-20"


def remembered(vaccine, on=BORN, **more):
    return {"vaccine": vaccine, "on": on, **more}


def row(id, given_on, precision="day"):
    return {"id": id.hex, "given_on": given_on, "precision": precision, "arrived_at": "x",
            "screened_at": None, "injected_at": "x", "left_at": None, "lot": "A1"}  # fmt: skip


def test_a_dose_of_birth_in_a_booklet_is_moved_in_the_journal_and_in_the_table():
    births = Births()
    said = {"doses": [remembered("MR", "2026-01-05"), remembered("HepB")]}

    births.operation("immunization.record_history", ENTRY, date(2026, 2, 1), said)
    rows = [row(dose_id(ENTRY, 0), "2026-01-05"), row(dose_id(ENTRY, 1), BORN)]
    for each in rows:
        births.row("immunization.Dose", each)

    assert [dose["on"] for dose in said["doses"]] == ["2026-01-05", "2025-03-01"]
    assert [each["given_on"] for each in rows] == ["2026-01-05", "2025-03-01"]
    assert [each["injected_at"] for each in rows] == ["x", None]


def test_a_visit_at_a_birth_is_moved_whole_and_one_at_a_session_stays():
    births = Births()
    visit = {"given": [{"vaccine": "HepB", "injected_at": "x"}, {"vaccine": "BCG"}],
             "arrived_at": "x"}  # fmt: skip
    at_session = {"given": [{"vaccine": "BCG", "injected_at": "x"}], "session": str(ENTRY)}
    later = {"given": [{"vaccine": "HepB"}, {"vaccine": "MR"}]}

    days = [births.operation("immunization.record_doses", UUID(int=n), date(2025, 3, 20), said)
            for n, said in enumerate((visit, at_session, later))]  # fmt: skip

    assert days == [date(2025, 3, 1), date(2025, 3, 20), date(2025, 3, 20)]
    assert visit == {"given": [{"vaccine": "HepB"}, {"vaccine": "BCG"}]}
    assert at_session["given"][0]["injected_at"] == "x"


def test_a_correction_of_a_moved_dose_is_moved_too():
    births = Births()
    births.operation("immunization.record_history", ENTRY, date(2026, 2, 1),
                     {"doses": [remembered("HepB")]})  # fmt: skip
    said = [{"dose": str(dose_id(ENTRY, n)), "changes": {"on": "2025-03-21", "injected_at": "x"}}
            for n in (0, 1)]  # fmt: skip

    for each in said:
        births.operation("immunization.amend_dose", UUID(int=9), date(2026, 2, 2), each)

    assert [each["changes"] for each in said] == [
        {"on": "2025-03-01", "injected_at": None}, {"on": "2025-03-21", "injected_at": "x"},
    ]  # fmt: skip


def test_what_was_done_to_a_moved_dose_tells_no_birth_either():
    births = Births()
    births.operation("immunization.record_history", ENTRY, date(2026, 2, 1),
                     {"doses": [remembered("HepB")]})  # fmt: skip
    told = '{"before":{"given_on":"2025-03-20","precision":"%s","lot":"A"},"after":{"lot":"B"}}'
    rows = [(dose_id(ENTRY, 0), "day", "2025-03-01"), (UUID(int=4), "day", "2025-03-20"),
            (UUID(int=4), "month", "2025-03-15")]  # fmt: skip

    for id, precision, moved in rows:
        step = {"dose_id": id.hex, "changes": told % precision}
        births.row("immunization.DoseStep", step)
        assert step["changes"] == told.replace("2025-03-20", moved) % precision
    for id, day in ((dose_id(ENTRY, 0), "2025-03-01"), (UUID(int=4), "2025-03-20")):
        concern = {"id": ENTRY.hex, "dose_id": id.hex, "given_on": "2025-03-20"}
        births.row("immunization.DoseConcern", concern)
        assert concern["given_on"] == day
    void = {"dose_id": ENTRY.hex, "changes": ""}
    births.row("immunization.DoseStep", void)
    assert void["changes"] == ""


@pytest.mark.parametrize(
    ("kept", "precision", "now"),
    [
        ("2025-03-20", "month", "2025-03-15"),  # the birth, for it came after the middle
        ("2025-03-15", "month", "2025-03-15"),
        ("2025-03-09", "month", "2025-03-09"),  # the day on which it was told
        ("2025-07-01", "year", "2025-07-01"),
        ("2025-09-20", "year", "2025-09-01"),
    ],
)
def test_a_day_that_is_not_known_stands_for_no_birth(kept, precision, now):
    births, held = Births(), row(ENTRY, kept, precision)

    births.row("immunization.Dose", held)

    assert (held["given_on"], unborn(kept, precision)) == (now, now)
