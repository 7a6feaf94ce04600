"""What an amendment would do is what it does; and what was done stays to be seen."""

from datetime import timedelta

import pytest

from tests.unit.apps.immunization.conftest import BORN, TODAY, booklet
from tuyen.apps.immunization import queries
from tuyen.apps.immunization.foreseeing import foreseen
from tuyen.apps.immunization.models import Dose, Status
from tuyen.apps.immunization.operations import AmendDose, DoseChanges, VoidDose
from tuyen.apps.immunization.refusals import BeforeBirth, NothingChanges

FIRST, SECOND = BORN + timedelta(days=70), BORN + timedelta(days=103)


@pytest.fixture
def child(world):
    """A child with two pentavalent doses, the second of them twice."""
    child = world.child()
    world.good(booklet(child, ("DTP-HepB-Hib", FIRST), ("BCG", BORN)), unit=world.station)
    world.visit(child, "DTP-HepB-Hib", on=SECOND)
    world.good(booklet(child, ("DTP-HepB-Hib", SECOND)), unit=world.station)
    return child


def dose(child, day, source):
    return Dose.objects.get(person=child, vaccine="DTP-HepB-Hib", given_on=day, source=source)


def kept(child):
    rows = Status.objects.filter(person=child).values_list(
        "group", "status", "dose_number", "recommended_on", "past_due_on", "valid"
    )
    return {group: tuple(rest) for group, *rest in rows}


@pytest.mark.parametrize(
    ("why", "which", "changes", "changed"),
    [
        ("too young: counts no more", (FIRST, "booklet"), {"on": BORN + timedelta(days=20)}, True),
        ("fewer antigens", (FIRST, "booklet"), {"vaccine": "DTP"}, True),
        ("the copy counts", (SECOND, "given"), {"on": FIRST + timedelta(days=3)}, False),
        ("the middle of the month", (FIRST, "booklet"), {"precision": "month"}, False),
        ("taken out", (FIRST, "booklet"), None, True),
        ("the copy counts in its place", (SECOND, "given"), None, False),
    ],
)
def test_what_is_foreseen_comes(world, child, why, which, changes, changed):
    changes = None if changes is None else DoseChanges(**changes)
    one, before = dose(child, *which), kept(child)
    card = queries.card(by=world.by, person=child)

    seen = foreseen(by=world.by, card=card, dose=one.id, changes=changes, on=TODAY)
    if changes is None:
        world.good(VoidDose(dose=one.id, reason="not this child"), unit=world.station)
    else:
        world.good(AmendDose(dose=one.id, changes=changes, reason="x"), unit=world.station)

    after = kept(child)
    said = {
        one.group: (one.after.status, one.after.dose_number, one.after.recommended,
                    one.after.past_due, one.valid[1])
        for one in seen.groups
    }  # fmt: skip
    assert said == {group: row for group, row in after.items() if row != before[group]}
    assert bool(said) == changed, why


def test_what_would_be_refused_is_said_beforehand(world, child):
    one = dose(child, FIRST, "booklet")
    card = queries.card(by=world.by, person=child)
    asked = {"by": world.by, "card": card, "dose": one.id, "on": TODAY}

    with pytest.raises(BeforeBirth):
        foreseen(changes=DoseChanges(on=BORN - timedelta(days=1)), **asked)
    with pytest.raises(NothingChanges):
        foreseen(changes=DoseChanges(on=FIRST), **asked)


def test_each_step_of_a_dose_is_kept(world, child):
    one = dose(child, FIRST, "booklet")
    world.good(AmendDose(dose=one.id, changes=DoseChanges(lot="b7", on=BORN + timedelta(days=71)),
                         reason="misread"), unit=world.station)  # fmt: skip
    world.good(VoidDose(dose=one.id, reason="not this child"), unit=world.station)

    card = queries.card(by=world.by, person=child)
    told = queries.steps(by=world.by, card=card)[one.id]

    assert [(step.what, step.reason) for step in told] == [
        ("voided", "not this child"), ("amended", "misread"),
    ]  # fmt: skip
    assert {name: (was, now) for name, was, now in told[1].changes} == {
        "lot": ("", "B7"),
        "given_on": (FIRST.isoformat(), (BORN + timedelta(days=71)).isoformat()),
    }


def test_why_names_the_rule_and_the_row_of_every_date(world, child):
    card = queries.card(by=world.by, person=child)

    why = queries.why(by=world.by, card=card, on=TODAY)

    dtp = why.answers["DTP"]
    rows = {one.rule.partition(":")[0]: one.row for one in dtp.trace}
    assert {"earliest", "recommended", "past_due"} <= set(rows)
    assert all("dose 3" in row for row in rows.values())
    assert {why.doses[one.n] for one in dtp.doses} == {
        dose(child, FIRST, "booklet").id, dose(child, SECOND, "given").id,
    }  # fmt: skip
