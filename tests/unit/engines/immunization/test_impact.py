"""What another schedule changes for whom, and which of its cells are the reason."""

import json
from datetime import date

import pytest

from tuyen.engines.immunization.definitions import compile_pack
from tuyen.engines.immunization.differences import EVERY, concerned, differences, narrowed
from tuyen.engines.immunization.history import DoseGiven, Person
from tuyen.engines.immunization.impact import Case, Standing, changes, counted, kind_of, standings
from tuyen.engines.immunization.reference import evaluate
from tuyen.rules.immunization import schedules

ON = date(2026, 3, 1)
BORN = date(2025, 11, 20)


def definition(code="vn-tt52-2025", only=None):
    return json.loads(json.dumps(schedules.definition(code, only)))


def prepare(pack):
    return lambda asked, on: [evaluate(pack, person, doses, on) for person, doses in asked]


def changed(old, new, *cases):
    return list(changes(cases, lambda _: old, lambda _: new, prepare))


def child(key="a", commune="03124", born=BORN, *doses, on=ON):
    return Case(key, commune, Person(born, "F"), [DoseGiven(day, cvx) for day, cvx in doses], on)


@pytest.fixture(scope="module")
def tt10():
    return compile_pack(definition("vn-tt10-2024"))


@pytest.fixture(scope="module")
def tt52():
    return compile_pack(definition("vn-tt52-2025"))


def test_two_circulars_differ_in_what_they_list(tt10, tt52):
    found = differences(tt10, tt52)

    assert [(one.group, one.field, one.before, one.after) for one in found] == [
        ("PCV", "kind", "evaluation", "standard")
    ]
    assert differences(tt52, tt52) == ()
    assert concerned(found, tt52) == {"PCV"}


def test_a_parameter_concerns_every_group(tt52):
    said = definition()
    said["parameters"]["grace_days"] = 4

    found = differences(tt52, compile_pack(said))

    assert [(one.group, one.row, one.field) for one in found] == [
        (EVERY, "parameters", "grace_days")
    ]
    assert len(concerned(found, tt52)) == 13


@pytest.mark.parametrize(
    ("spoil", "group", "field"),
    [
        (
            lambda d: d["series"][6]["doses"][1].update(minimum_interval="2 months"),
            "Hib",
            "intervals.minimum",
        ),
        (lambda d: d["vaccines"][0]["antigens"].clear(), "BCG", "Tuberculosis"),
        (lambda d: d["conflicts"][0].update(end="30 days"), "Measles", "ends"),
        (lambda d: d["series"][2]["doses"][0].update(maximum_age="1 year"), "BCG", "ages.maximum"),
        (lambda d: d["series"][-1].update(genders=[]), "HPV", "genders"),
        (lambda d: d["series"][-2]["doses"].pop(), "PCV", "ages.minimum"),
    ],
)
def test_whatever_differs_is_found_with_its_group(tt52, spoil, group, field):
    said = definition()
    spoil(said)
    found = differences(tt52, compile_pack(said))

    assert (group, field) in {(one.group, one.field) for one in found}
    assert all(one.before != one.after for one in found)


def test_a_narrowed_pack_answers_as_the_whole(tt52):
    measles = (date(2026, 8, 20), "05"), (date(2026, 9, 1), "04")
    case, on = child("a", "", BORN, *measles), date(2027, 6, 1)

    part = narrowed(tt52, frozenset({"Rubella"}))

    assert {group.name for group in part.groups} == {
        "Rubella",
        "Measles",
    }  # one conflict with the other
    whole = standings(evaluate(tt52, case.person, case.doses, on))
    some = standings(evaluate(part, case.person, case.doses, on))
    assert some == {name: whole[name] for name in some}
    assert narrowed(tt52, frozenset({"PCV"})).groups == tuple(
        g for g in tt52.groups if g.name == "PCV"
    )


def test_a_child_is_called_for_what_the_new_schedule_lists(tt10, tt52):
    [change] = changed(tt10, tt52, child())

    assert (change.key, change.commune, change.group, change.kind) == (
        "a",
        "03124",
        "PCV",
        "called",
    )
    assert change.before == Standing()
    assert change.after.recommended == date(2026, 1, 20)
    assert [(one.field, one.after) for one in change.why] == [("kind", "standard")]
    assert [one.kind for one in changed(tt52, tt10, child())] == ["released"]


def test_nobody_changes_between_a_schedule_and_itself(tt52):
    def never(pack):
        return lambda asked, on: pytest.fail("nothing differs, so nobody is judged")

    assert list(changes([child()], lambda _: tt52, lambda _: tt52, never)) == []
    copied = compile_pack(definition())
    assert changed(tt52, copied, child()) == []


def test_a_longer_interval_moves_the_next_dose_and_uncounts_one(tt52):
    said = definition()
    said["series"][6]["doses"][1].update(
        minimum_interval="2 months", recommended_interval="2 months"
    )
    longer = compile_pack(said)
    first, second = (date(2026, 1, 20), "198"), (date(2026, 2, 20), "198")

    [later] = changed(tt52, longer, child("a", "", BORN, first))
    [undone] = changed(tt52, longer, child("a", "", BORN, first, second))

    assert (later.group, later.kind) == ("Hib", "later")
    assert (later.before.recommended, later.after.recommended) == (
        date(2026, 2, 20),
        date(2026, 3, 20),
    )
    assert (undone.before.valid, undone.after.valid) == ((1, 2), (1,))
    assert {one.row for one in undone.why} == {"Hib 3-dose series · dose 2"}


def test_each_case_has_its_own_pair_of_packs_and_its_place(tt10, tt52):
    cases = [
        child(key, commune) for key, commune in (("a", "1"), ("b", "2"), ("c", "1"), ("d", "1"))
    ]
    found = list(changes(cases, lambda _: tt10, lambda c: tt10 if c.key == "c" else tt52, prepare))

    assert [one.key for one in found] == ["a", "b", "d"]
    assert [tuple(one) for one in counted(found)] == [
        ("1", "PCV", "called", 2),
        ("2", "PCV", "called", 1),
    ]


def test_each_case_is_asked_about_on_its_own_day(tt10, tt52):
    early, later = child("a", on=date(2025, 11, 21)), child("b", on=date(2026, 6, 1))

    found = changed(tt10, tt52, early, later)

    assert [one.key for one in found] == ["a", "b"]
    assert found[0].after.recommended == found[1].after.recommended == date(2026, 1, 20)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (Standing(), Standing(), None),
        (Standing(), Standing("not_complete", 1), "called"),
        (Standing("aged_out"), Standing("not_complete", 1), "called"),
        (Standing("complete", valid=(1,)), Standing("not_complete", 2, valid=(1,)), "reopened"),
        (Standing("not_complete", 2), Standing("complete"), "completed"),
        (Standing("not_complete", 2), Standing("aged_out"), "released"),
        (
            Standing("not_complete", 1, recommended=ON),
            Standing("not_complete", 1, recommended=BORN),
            "earlier",
        ),
        (Standing("not_complete", 2, valid=(1,)), Standing("not_complete", 1), "doses"),
        (Standing("not_complete", 1), Standing("not_complete", 1, past_due=ON), "other"),
        (Standing("complete"), Standing("aged_out"), "other"),
    ],
)
def test_how_a_standing_changes(before, after, kind):
    assert kind_of(before, after) == kind
