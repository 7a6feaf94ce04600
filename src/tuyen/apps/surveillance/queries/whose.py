"""Who read what is about a resident: the resident's own view, over all rooms below this one."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from tuyen.apps.access import policies, walls
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.models import Case, Contact
from tuyen.rules.access.break_glass import break_glass


class Readings(NamedTuple):
    """A resident, and every reading of what is about them, newest first."""

    row: registry.PersonRow
    seen: list[access.Seen]
    emergencies: list[access.Opening]


def readings_of(*, by: Actor, person: UUID) -> Readings | None:
    """Who read the record of a resident, the household's, and the case reports about them; None
    when there is none whom ``by`` may show this. Of reports, and of the lists of contacts they stand on, only ids are used, those of every unit
    and those taken back among them: no content passes. The door that shows it records a reading.
    """
    card = registry.person(by=by, id=person)
    if card is None or card.row.place is None:
        return None
    row, place = card.row, card.row.place
    if not policies.may(by, access.SHOW_READINGS, place):
        return None
    records = places.records_of(person)
    with walls.whole("ids of the reports about one resident, who may know who read them"):
        reports = Case.objects.filter(person_id__in=records).values_list("id", flat=True)
        met = Contact.objects.filter(~Q(person_id=None), person_id__in=records)
        ids = {*records, *reports, *met.values_list("id", flat=True)}
    if row.household is not None and row.head == row.name:
        ids.add(row.household)  # lists name the head of each household
    commune = registry.atlas().commune_of(place, by.on)
    homes = {place, *([commune] if commune else [])}
    return Readings(
        row,
        access.readings_about(by=by, place=place, ids=ids, places=homes),
        access.emergencies_about(by=by, place=place, persons=records),
    )


class Ill(NamedTuple):
    """A case report as an emergency shows it."""

    disease: str
    classification: str
    onset_on: date


def cases_in_emergency(*, by: Actor, person: UUID, at: datetime) -> list[Ill]:
    """The current case reports about a person whose record ``by`` holds open in an emergency; none
    otherwise. Newest first."""
    if access.open_emergency(by=by, person=person, at=at) is None:
        return []
    rule = break_glass(at.date())
    if "cases" not in rule.fields:
        return []
    with walls.whole("current reports about one whose glass the reader broke"):
        rows = Case.objects.filter(
            person_id__in=places.records_of(person), voided_at=None,
            onset_on__gt=at.date() - timedelta(days=rule.case_days),
        ).exclude(classification="discarded").order_by("-onset_on", "id")  # fmt: skip
        return [Ill(*row) for row in rows.values_list("disease", "classification", "onset_on")]
