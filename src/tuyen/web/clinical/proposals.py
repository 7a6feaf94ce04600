"""Which programmes somebody should be looked at for after a visit: the visit proposes, a person decides."""

from urllib.parse import urlencode

from django.urls import reverse

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.queries import VisitFacts
from tuyen.apps.registry.queries import PersonRow
from tuyen.rules.clinical.programme import programmes, proposes
from tuyen.web.clinical import start
from tuyen.web.surveillance.words import language

MANAGE = "clinical.programme.manage"


def of_visit(by: Actor, facts: VisitFacts, person: PersonRow | None) -> list[tuple[str, str]]:
    """(name, address where the person is taken in) of each programme that fits what the visit measured
    and who the person is, and in which the person is not; one query. What stands apart is proposed
    nowhere: the name of the programme would tell."""
    row = facts.row
    if person is None or row.state != "live" or not policies.may(by, MANAGE, row.unit):
        return []
    enrolled = queries.enrolments_of(by=by, person=row.person, on=row.day)
    inside = {one.programme for one in enrolled if one.until is None}
    values = {one.what: float(one.value) for one in facts.content.measured}
    age = start.months(person.born_on, row.day) // 12
    return [
        (one.names.of(language()), f"{reverse('programme-enrol', args=[one.key])}?{urlencode({'person': person.id})}")
        for one in programmes().values()
        if not one.sensitive
        and proposes(one, row.day, age=age, sex=person.sex, values=values, inside=inside)
    ]  # fmt: skip
