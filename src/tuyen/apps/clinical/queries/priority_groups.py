"""The priority groups of a programme: who of each was seen this year, and what was spent on them."""

from datetime import date
from typing import NamedTuple

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.declared import tables
from tuyen.apps.clinical.programme_standing import told
from tuyen.apps.clinical.queries.programme_figures import FIGURE
from tuyen.apps.clinical.queries.programme_lists import _among
from tuyen.apps.clinical.spending import counted
from tuyen.apps.journal.bulk import fetch
from tuyen.rules.clinical.programme import programmes

GROUP = "group"


class GroupCount(NamedTuple):
    """People of a priority group ("" where none is on record): in the programme on the day, seen in its
    year up to it, and what was spent on those (VND)."""

    group: str
    people: int
    seen: int
    spent: int


def by_group(*, by: Actor, programme: str, on: date) -> list[GroupCount]:
    """A programme by priority group, in the order of its form; nothing of one without such groups. The
    group is what the last visit of the year said, else what the enrolment says. Two queries."""
    policies.check(by, FIGURE)
    one = programmes()[programme]
    asked = one.form.get(GROUP)
    if asked is None or not asked.choices:
        return []
    scope = policies.scope(by, FIGURE)
    inside = tables(one).enrolments.objects.filter(programme=programme, since__lte=on)
    if not scope.everything:
        inside = inside.filter(_among(scope.units))
    contacts = tables(one).contacts.objects.filter(
        programme=programme, day__gte=date(on.year, 1, 1), day__lte=on
    )
    with walls.whole("figures of a programme are counted of everybody in it"):
        rows = list(fetch(inside.values_list("id", "person_id", "until", "group")))
        lines = list(
            fetch(contacts.order_by("day", "id").values_list("enrolment_id", "day", "values"))
        )
    whose = {id: person for id, person, _, _ in rows}
    group = {person: told_group for _, person, _, told_group in rows if told_group}
    there = {person for _, person, until, _ in rows if until is None or until > on}
    spent: dict[object, int] = {}
    for enrolment, day, text in lines:
        if enrolment not in whose:
            continue
        person, values, spending = whose[enrolment], told(text), one.spending(day)
        spent[person] = spent.get(person, 0) + (counted(spending, values) if spending else 0)
        group[person] = str(values.get(f"answer.{GROUP}", "")) or group.get(person, "")
    return [
        GroupCount(
            code,
            sum(group.get(person, "") == code for person in there),
            sum(group.get(person, "") == code for person in spent),
            sum(n for person, n in spent.items() if group.get(person, "") == code),
        )
        for code in (*asked.choices, "")
    ]
