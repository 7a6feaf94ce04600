"""Doses as the national system asks for them: the fields of QĐ 3891, and which of the mandatory ones
a dose lacks. What tells who somebody is (the number, the name, the day of birth, the street) leaves
only in a list to which a second person agreed."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db.models import Count, Q, QuerySet

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization.expecting import grown_since
from tuyen.apps.immunization.models import Child, Dose
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.engines.exchange.write import Cell
from tuyen.rules.immunization import fields, lists

READ = "immunization.dose.read"
TELLING = frozenset({"subject_id", "full_name", "birth_date", "phone", "insurance_number",
                     "permanent_street", "current_street"})  # fmt: skip
UNKEPT = frozenset({"birth_commune", "birth_province", "registration_commune",
                    "registration_province", "origin_commune", "origin_province"})  # fmt: skip
"""Mandatory fields that the registry does not keep: every dose lacks them."""
WHAT = "immunization.doses"
"""The name of this list in a request to take it out with names."""
_PRESENT = "•"  # said in place of what is known and is not told
_CHUNK = 2000


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """Which doses a list has: those given from ``first`` to ``last``."""

    first: date
    last: date

    def written(self) -> str:
        """As text, to be kept with a request for a list with names."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def read(cls, text: str) -> "Span":
        """What :meth:`written` wrote."""
        return msgspec.json.decode(text, type=cls)


class Record(NamedTuple):
    """One dose by field code, as it is told, and the codes of the mandatory fields it lacks."""

    dose: UUID
    person: UUID
    told: dict[str, Cell]
    lacks: tuple[str, ...]


def records(
    *, by: Actor, span: Span, names: bool = False, most: int | None = None
) -> Iterator[Record]:
    """The first ``most`` counted doses of a span of days that the reader may read, in the order of days; with
    ``names`` what tells whose they are."""
    columns = ("id", "person_id", "vaccine", "given_on", "number", "facility_id", "place", "lot",
               "product", "route", "person__place_id", "person__sex", "person__died_on")  # fmt: skip
    rows = _doses(by, span).order_by("given_on", "id").values_list(*columns)
    found = fetch(rows if most is None else rows[:most])
    for start in range(0, len(found), _CHUNK):
        yield from _records(by, found[start : start + _CHUNK], names)


def count(*, by: Actor, span: Span) -> tuple[int, int]:
    """How many doses a list would have, and of how many people. One query."""
    told = _doses(by, span).aggregate(doses=Count("pk"), people=Count("person", distinct=True))
    return told["doses"], told["people"]


def _doses(by: Actor, span: Span) -> "QuerySet[Dose]":
    scope = policies.scope(by, READ)
    return Dose.objects.filter(
        scope.where("person__place_id") | scope.where("unit_id"),
        counted=True, given_on__range=(span.first, span.last),
    )  # fmt: skip


def header(language: str = "vi") -> list[str]:
    """The names of the 44 fields in their order, and of what is lacking."""
    return [one.names.of(language) for one in fields.fields()] + ["–"]


def cells(record: Record, language: str = "vi") -> list[Cell]:
    """A record as a row: the fields in order, and the mandatory ones it lacks by name."""
    names = {one.code: one.names.of(language) for one in fields.fields()}
    row: list[Cell] = [record.told.get(one.code) for one in fields.fields()]
    return [*row, "; ".join(names[code] for code in record.lacks)]


def lacking(records: Sequence[Record]) -> Counter[str]:
    """How many records lack each mandatory field."""
    return Counter(code for record in records for code in record.lacks)


def _records(by: Actor, rows: Sequence[tuple[Any, ...]], names: bool) -> Iterator[Record]:
    map_ = registry.atlas()
    people = {row[1] for row in rows}
    whose = registry.identities(by=by, ids=people) if names else {}
    known = registry.people(by=by, ids=people)
    groups = registry.ethnicity(by=by.stating("statistics"), ids=people)
    waited = Child.objects.filter(Q(person__id__among=people), born_on__gt=grown_since(by.on))
    next_on = dict(fetch(waited.values_list("person_id", "due_on")))
    vaccines, antigens = lists.vaccines(), lists.antigens()
    ordinal = _ordinals(people)
    for (
        dose,
        person,
        vaccine,
        on,
        number,
        facility,
        place,
        lot,
        product,
        route,
        home,
        sex,
        died,
    ) in rows:
        who, told_of = known.get(person), whose.get(person)
        commune = map_.commune_of(home, on) if home else None
        province = map_.province_of(home, on) if home else None
        held = vaccines[vaccine].antigens if vaccine in vaccines else ()
        whole: dict[str, Any] = {
            **_identity(who, told_of),
            "sex": sex,
            "ethnic_group": groups.get(person, ""),
            "permanent_commune": _code(map_, commune, on),
            "permanent_province": _code(map_, province, on),
            "current_commune": _code(map_, commune, on),
            "current_province": _code(map_, province, on),
            "vaccine": vaccine,
            "dose_date": on,
            "dose_order": number or ordinal.get(dose),
            "facility": map_.full_name(facility, on) if facility else place,
            "antigen": " | ".join(dict.fromkeys(antigens[one.antigen].reported_as for one in held)),
            "life_status": 2 if died else 1,
            "death_date": died,
            "lot": lot,
            "product": product,
            "route": route,
            "next_date": next_on.get(person),
        }
        lacks = tuple(one.code for one in fields.missing(whole))
        told = {code: value for code, value in whole.items() if names or code not in TELLING}
        yield Record(dose, person, told, lacks)


def _ordinals(people: Collection[UUID]) -> dict[UUID, int]:
    """Which dose each is for its person, from 1: among those whose vaccine leads with the same antigen,
    so that the DTP after three pentavalents is the fourth and the first IPV is the first. One query."""
    counted = Dose.objects.filter(Q(person__id__among=people), counted=True)
    rows = fetch(counted.order_by("given_on", "id").values_list("id", "person_id", "vaccine"))
    met: Counter[tuple[UUID, str]] = Counter()
    found = {}
    for dose, person, vaccine in rows:
        known = lists.vaccines().get(vaccine)
        series = (person, known.antigens[0].antigen if known and known.antigens else vaccine)
        met[series] += 1
        found[dose] = met[series]
    return found


def _identity(who: Any, told_of: registry.Identity | None) -> dict[str, Any]:
    """What tells who somebody is; without leave to tell it, whether it is known."""
    if told_of is None or who is None:
        return {
            "subject_id": _PRESENT if who and who.numbers else "",
            "full_name": _PRESENT if who and who.name else "",
            "birth_date": _PRESENT if who else "",
        }
    return {
        "subject_id": told_of.number,
        "full_name": who.name,
        "birth_date": who.born_on,
        "phone": told_of.phone,
        "insurance_number": told_of.card,
        "permanent_street": told_of.address,
        "current_street": told_of.address,
    }


def _code(map_: Any, area: UUID | None, on: date) -> str:
    return (map_.code(area, "administrative", on) or "") if area else ""
