"""A report is judged by the list of its day, kept where it lived then, and taken once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.surveillance.conftest import MERGER, NOW, TODAY, case, place
from tuyen.apps.access import guard
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.services import apply_run, commit
from tuyen.apps.surveillance.models import Case, Count, CountChange, UnitWeek
from tuyen.apps.surveillance.operations import ReportCase
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Entry, Operation

OLD = date(2026, 6, 30)
NEW = date(2026, 7, 1)


@pytest.mark.parametrize(
    ("why", "disease", "day", "window", "group"),
    [
        ("T1: measles was 24 h", "measles", OLD, "24h", "B"),
        ("T1: and is", "measles", NEW, "24h", "B"),
        ("T2: dengue was 24 h", "dengue", OLD, "24h", "B"),
        ("T2: and is 48 h", "dengue", NEW, "48h", "B"),
        ("T3: influenza was a monthly aggregate", "influenza", OLD, "monthly", "B"),
        ("T3: and is a weekly case", "influenza", NEW, "weekly", "B"),
        ("T4: cholera was in group A", "cholera", OLD, "24h", "A"),
        ("T4: and no longer is", "cholera", NEW, "48h", "B"),
    ],
)
def test_the_list_of_the_day_of_diagnosis_judges(report, why, disease, day, window, group):
    (receipt,) = report(case(disease=disease, onset_on=day - timedelta(1), diagnosed_on=day))

    assert receipt.status == "accepted", receipt.refusal
    row = Case.objects.get()
    assert (row.window, row.group) == (window, group), why


def test_a_report_is_late_after_its_own_window(report):
    seen = datetime(2026, 10, 23, 1, 0, tzinfo=UTC)  # 50 hours before NOW

    report(case(diagnosed_at=seen), case(disease="dengue", diagnosed_at=seen))
    report(case(disease="varicella", diagnosed_at=seen))

    late = dict(Case.objects.values_list("disease", "late"))
    assert late == {"measles": True, "dengue": True, "varicella": False}


def test_a_paper_report_entered_afterwards_is_judged_by_when_it_was_sent(report):
    seen = datetime(2026, 10, 20, 1, 0, tzinfo=UTC)

    report(
        case(onset_on=date(2026, 10, 19), diagnosed_at=seen, reported_at=seen + timedelta(hours=3))
    )

    assert not Case.objects.get().late


@pytest.mark.parametrize(
    ("why", "changes", "code"),
    [
        ("no such disease", {"disease": "soi"}, "unknown-disease"),
        ("not on the list of 2020", {"disease": "rsv", "onset_on": date(2020, 5, 1),
                                     "diagnosed_on": date(2020, 5, 2)}, "not-on-the-list"),
        ("tomorrow", {"onset_on": TODAY + timedelta(1)}, "onset-in-the-future"),
        ("reported before it began", {"reported_at": NOW - timedelta(days=9)}, "onset-after-report"),
        ("before birth", {"birth_date": date(2026, 10, 22)}, "onset-before-birth"),
        ("diagnosed before it began", {"diagnosed_on": date(2026, 10, 20)}, "diagnosis-before-onset"),
        ("died before it began", {"outcome": "died", "outcome_on": date(2026, 10, 20)},
         "outcome-before-onset"),
        ("a child born in 1950", {"birth_date": date(1950, 1, 1)}, "age-contradicts-birth"),
        ("no age at all", {"age": None}, "age-missing"),
        ("no place", {"commune": None}, "no-commune"),
        ("a place nobody knows", {"commune": place("nowhere")}, "unknown-place"),
        ("a province", {"commune": place("P")}, "not-a-commune"),
        ("a commune that ended", {"commune": place("A")}, "commune-closed"),
        ("a commune of later", {"commune": place("M"), "onset_on": date(2025, 6, 20),
                                "diagnosed_on": date(2025, 6, 21)}, "commune-not-yet"),
        ("village and commune apart", {"commune": place("D"), "village": place("va")},
         "village-elsewhere"),
        ("nobody on record", {"person": place("P")}, "unknown-person"),
        ("a station that closed", {"facility": place("stA")}, "facility-not-there"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_a_code(report, why, changes, code):
    (receipt,) = report(case(**changes))

    assert receipt.refusal is not None, why
    assert receipt.refusal.code == f"surveillance.{code}", why
    assert not Case.objects.exists()
    assert not Count.objects.exists()


def test_the_refusal_of_an_ended_commune_names_what_it_became(report):
    (receipt,) = report(case(commune=place("C")))

    assert receipt.refusal.values["successors"] == "N, M"


@pytest.mark.parametrize(
    ("why", "changes", "commune"),
    [
        ("an old commune before the merger", {"commune": place("A")}, "A"),
        ("the village settles it on the old map", {"commune": None, "village": place("va")}, "A"),
        ("also under the commune of today", {"commune": place("M"), "village": place("va")}, "A"),
        ("the heir of exactly one is read as that one", {"commune": place("N")}, "C"),
    ],
)
def test_a_case_keeps_the_commune_of_its_onset_on_the_map_of_that_day(
    report, why, changes, commune
):
    onset = MERGER - timedelta(3)

    (receipt,) = report(case(onset_on=onset, diagnosed_on=onset, **changes))

    assert receipt.ok, receipt.refusal
    assert Case.objects.get().commune_id == place(commune), why


def test_the_same_persons_same_illness_is_taken_once_unless_said_otherwise(report):
    person = uuid7()
    (first,) = report(case(person=person))

    (second,) = report(case(person=person, onset_on=date(2026, 10, 23)))
    (third,) = report(
        case(person=person, onset_on=date(2026, 10, 23), not_a_duplicate_of=(first.id,))
    )
    (other,) = report(case(person=person, disease="dengue"))

    assert second.refusal.code == "surveillance.possible-duplicate"
    assert second.refusal.values["case"] == str(first.id)
    assert (third.ok, other.ok) == (True, True)


def test_a_name_and_birth_date_without_marks_are_the_same_person(report):
    born = date(2019, 3, 2)
    report(case(name="Lò Thị Hoà", birth_date=born, age=None))

    (again,) = report(case(name="LO THI HÒA", birth_date=born, age=None))

    assert again.refusal.code == "surveillance.possible-duplicate"


def test_a_number_of_the_unit_is_reported_once(report):
    report(case(external_id="SXH-17"))

    (again,) = report(case(external_id="SXH-17"))
    (elsewhere,) = report(case(external_id="SXH-17"), unit=place("stN"))

    assert again.refusal.code == "surveillance.already-reported"
    assert elsewhere.ok


def many() -> list[ReportCase]:
    """Reports of which some repeat or contradict others of the same batch."""
    days = [TODAY - timedelta(days=n) for n in range(12)]
    cases = [
        case(
            onset_on=day,
            commune=place("MND"[n % 3]),
            disease=("measles", "dengue", "varicella")[n % 3],
            sex=("male", "female")[n % 2],
            age=n * 7,
            classification=("suspected", "confirmed")[n % 2],
            name=f"Người thử {n % 5}",
            birth_date=None,
            external_id=f"x{n % 8}" if n % 4 == 0 else "",
            outcome="died" if n == 3 else None,
        )
        for n, day in enumerate(days)
    ]
    person = uuid7()
    return [*cases, case(person=person), case(person=person), case(disease="nothing")]


def rows(model):
    return sorted(map(repr, model.objects.values_list()))


def test_a_batch_makes_the_same_rows_as_one_by_one(db):
    operations = [
        Operation.of(each, unit=place("stM"), happened_on=TODAY, recorded_at=NOW) for each in many()
    ]
    by = Actor.program(TODAY)
    together = commit(by=by, operations=operations, at=NOW)
    kept = [rows(model) for model in (Case, Count, CountChange, UnitWeek)]
    with guard.opened("journal"):
        for model in (Case, Count, CountChange, UnitWeek):
            model.objects.all().delete()

    outcomes = {}
    with guard.opened("journal"):
        for operation in operations:
            kind = ReportCase.KIND
            entry = Entry(
                id=operation.id, payload=kind.decode(1, bytes(operation.payload)),
                unit=operation.unit, author=None, happened_on=TODAY, recorded_at=NOW, received_at=NOW,
            )  # fmt: skip
            outcomes |= apply_run(kind, [entry])

    assert [rows(model) for model in (Case, Count, CountChange, UnitWeek)] == kept
    assert {r.id: r.refusal.code for r in together if r.refusal} == {
        id: refusal.code for id, refusal in outcomes.items()
    }
    assert len(outcomes) == 3


def test_a_batch_of_any_size_takes_the_same_number_of_queries(report):
    def cost(number: int) -> int:
        # Old onsets: the scan that follows a commit has its own test.
        day = date(2026, 3, 2)
        cases = [
            case(onset_on=day, diagnosed_on=day, name=f"Người {n} {number}",
                 birth_date=date(1990, 1, 1), age=None, external_id=f"{number}-{n}")
            for n in range(number)
        ]  # fmt: skip
        with CaptureQueriesContext(connection) as queries:
            report(*cases)
        return len(queries)

    cost(2)  # the cells of the table are there from now on

    assert cost(3) == cost(60)
