"""What can be asked about pregnancies, births and the weeks after: who is due, who is late."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.models import Birth, Delivery, MotherContact, Pregnancy, PregnancyEnd
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.engines.clinical import pregnancy as engine
from tuyen.rules.clinical import pregnancy as rules

READ, RECORD = "clinical.visit.read", "clinical.visit.record"
SENSITIVE = "clinical.visit.sensitive"


class Contact(NamedTuple):
    """A visit of a pregnant woman or a mother. ``signs`` are keys of danger signs, worst first."""

    visit: UUID
    on: date
    after_birth: bool
    signs: tuple[str, ...]
    referred: bool


class PregnancyRow(NamedTuple):
    """A pregnancy as it stands on the day asked. ``contacts`` are those before the birth."""

    id: UUID
    person: UUID
    name: str  # "" where the reader may not read the person
    born_on: date | None
    village: str
    unit: UUID
    registered_on: date
    begun_on: date
    edd: date
    dated_by: str
    gravida: int | None
    para: int | None
    caesareans: int | None
    note: str
    state: str  # open, born, over, void
    ended_on: date | None
    revision: int
    contacts: tuple[Contact, ...]
    standing: engine.Standing  # by the national schedule
    gestation: engine.Gestation

    @property
    def signs(self) -> tuple[str, ...]:
        """Danger signs of the last contact."""
        return self.contacts[-1].signs if self.contacts else ()

    def overdue(self, on: date) -> bool:
        """The birth was expected a week ago and nobody told of it."""
        return self.state == "open" and on > self.edd + timedelta(days=7)


class BirthRow(NamedTuple):
    """A child that was born, with its delivery."""

    id: UUID
    delivery: UUID
    pregnancy: UUID | None
    mother: UUID
    mother_name: str
    person: UUID | None
    name: str
    unit: UUID
    on: date
    at: datetime | None
    place: str
    attendant: str
    mode: str
    weeks: int | None
    number: int
    alive: bool
    sex: int
    weight: int | None
    length: Decimal | None
    head: Decimal | None
    apgar1: int | None
    apgar5: int | None
    vitamin_k: bool | None
    breastfed: bool | None
    essential_care: bool | None
    malformation: str


class MotherRow(NamedTuple):
    """A mother within 42 days after a birth, and which contacts are due."""

    delivery: UUID
    person: UUID
    name: str
    village: str
    unit: UUID
    on: date
    contacts: tuple[Contact, ...]
    standing: engine.Standing


def pregnancies(
    *, by: Actor, on: date, unit: UUID | None = None, state: str = "open"
) -> list[PregnancyRow]:
    """Pregnancies of a state that the reader may see, the latest first: a constant number of
    queries. Late women stand before those whose contact is to come, and danger before both."""
    rows = Pregnancy.objects.filter(reached(by, READ)).filter(state=state)
    if unit is not None:
        rows = rows.filter(unit_id=unit)
    found = _pregnancies(by, rows, on)
    return sorted(
        found, key=lambda one: (not one.signs, -one.standing.late_days, _due(one), one.edd)
    )


def pregnancy(*, by: Actor, id: UUID, on: date) -> PregnancyRow | None:
    """One pregnancy; None where there is none that the reader may see."""
    return next(
        iter(_pregnancies(by, Pregnancy.objects.filter(reached(by, READ)).filter(pk=id), on)), None
    )


def pregnancies_of(*, by: Actor, person: UUID, on: date) -> list[PregnancyRow]:
    """All of a woman's pregnancies that the reader may see, the latest first."""
    found = Pregnancy.objects.filter(reached(by, READ)).filter(person__id__among=records_of(person))
    return sorted(_pregnancies(by, found, on), key=lambda one: one.begun_on, reverse=True)


def standing_of(row: PregnancyRow, schedule: str, on: date) -> engine.Standing:
    """A pregnancy by another schedule of contacts."""
    slots = [engine.Slot(*one) for one in rules.schedule(schedule, on)]
    days = [contact.on for contact in row.contacts]
    return engine.standing(slots, row.begun_on, days, row.ended_on or on)


def ending(*, by: Actor, pregnancy: UUID) -> tuple[str, str, str] | None:
    """(how, loss, note) of one that is over without a birth; for who states care as the purpose."""
    rows = PregnancyEnd.objects.filter(reached(by, SENSITIVE), pregnancy_id=pregnancy)
    return next(iter(fetch(rows.values_list("how", "loss", "note"))), None)


def births(*, by: Actor, first: date, last: date, unit: UUID | None = None) -> list[BirthRow]:
    """Children born between two days, both among them, the latest first."""
    rows = _readable(Birth, by).filter(live=True, on__gte=first, on__lte=last)
    return _births(by, rows if unit is None else rows.filter(unit_id=unit))


def birth_of(*, by: Actor, person: UUID) -> BirthRow | None:
    """How a person was born, where it is on record here."""
    rows = _readable(Birth, by).filter(live=True, person__id__among=records_of(person))
    return next(iter(_births(by, rows)), None)


def delivery(*, by: Actor, id: UUID) -> list[BirthRow]:
    """The children of a delivery, in their order; none where the reader may not see it."""
    found = _births(by, _readable(Birth, by).filter(delivery_id=id, live=True))
    return sorted(found, key=lambda one: one.number)


def births_of_mothers(*, by: Actor, mothers: Collection[UUID]) -> list[BirthRow]:
    """The children of women by any of their records, the latest first: one query where none of them
    gave birth at a unit of the reader."""
    roots = set(registry.canonical(mothers).values()) if mothers else set()
    records = {id for same in registry.born_as(roots).values() for id in same} if roots else set()
    told = _readable(Delivery, by).filter(state="live", mother__id__among=records | set(mothers))
    deliveries = {id for (id,) in fetch(told.values_list("pk"))} if mothers else set()
    if not deliveries:
        return []
    return _births(by, _readable(Birth, by).filter(delivery_id__among=deliveries, live=True))


def deliveries(*, by: Actor, ids: Collection[UUID]) -> dict[UUID, tuple[UUID, UUID, date]]:
    """(mother, unit, day) of deliveries, void ones among them: one query."""
    rows = _readable(Delivery, by).filter(pk__among=set(ids))
    return {row[0]: row[1:] for row in fetch(rows.values_list("pk", "mother_id", "unit_id", "on"))}


def earlier_births(*, by: Actor, pregnancies: Collection[UUID]) -> dict[UUID, int]:
    """How often women had given birth before a pregnancy, where it was told: one query."""
    rows = Pregnancy.objects.filter(reached(by, READ), pk__among=set(pregnancies))
    return {id: n for id, n in fetch(rows.values_list("pk", "para")) if n is not None}


def mothers(*, by: Actor, on: date, unit: UUID | None = None) -> list[MotherRow]:
    """Mothers who gave birth within 42 days, those who are late first."""
    first = on - timedelta(days=engine.POSTPARTUM_DAYS)
    rows = _readable(Delivery, by).filter(state="live", on__gte=first, on__lte=on)
    if unit is not None:
        rows = rows.filter(unit_id=unit)
    told = list(fetch(rows.order_by("on", "pk").values_list("pk", "mother_id", "unit_id", "on")))
    stands, contacts = _contacts_of({mother for _, mother, *_ in told})
    names = registry.people(by=by, ids=set(stands.values()))
    slots = [engine.Slot(*one) for one in rules.postnatal(on)]
    found = []
    for id, mother, unit_id, day in told:
        person = names.get(stands[mother])
        mine = tuple(c for c in contacts.get(stands[mother], ()) if c.after_birth and c.on >= day)
        found.append(MotherRow(
            id, stands[mother], person.name if person else "", person.village if person else "",
            unit_id, day, mine, engine.standing(slots, day, [c.on for c in mine], on),
        ))  # fmt: skip
    return sorted(found, key=lambda one: (-one.standing.late_days, one.on))


def records_of(person: UUID) -> set[UUID]:
    """Every record of a person, merged ones among them."""
    root = registry.canonical({person}).get(person, person)
    return set(registry.born_as({root}).get(root, ())) | {person}


def _due(row: PregnancyRow) -> date:
    return row.standing.next.due if row.standing.next else row.edd


def _readable(model: Any, by: Actor) -> Any:
    """Rows of the reader's units."""
    return model.objects.filter(policies.scope(by, READ).where("unit_id"))


def reached(by: Actor, right: str) -> Any:
    """Rows of the reader's units, and of people who live there, whoever wrote them."""
    scope = policies.scope(by, right)
    return scope.where("unit_id") | scope.where("person__place_id")


_PREGNANCY = (
    "pk", "person_id", "unit_id", "registered_on", "begun_on", "edd", "dated_by", "gravida", "para",
    "caesareans", "note", "state", "ended_on", "revision",
)  # fmt: skip


def _pregnancies(by: Actor, rows: Any, on: date) -> list[PregnancyRow]:
    told = list(fetch(rows.order_by("edd", "pk").values_list(*_PREGNANCY)))
    stands, contacts = _contacts_of({row[1] for row in told})
    names = registry.people(by=by, ids=set(stands.values())) if told else {}
    slots = [engine.Slot(*one) for one in rules.schedule("national", on)]
    found = []
    for id, person, unit, registered, begun, edd, *rest in told:
        ended = rest[6]
        root = stands[person]
        mine = tuple(
            c for c in contacts.get(root, ())
            if not c.after_birth and begun <= c.on <= (ended or on)
        )  # fmt: skip
        row, until = names.get(root), ended or on
        found.append(PregnancyRow._make((
            id, root, row.name if row else "", row.born_on if row else None,
            row.village if row else "", unit, registered, begun, edd, *rest, mine,
            engine.standing(slots, begun, [c.on for c in mine], until),
            engine.gestation(begun, until),
        )))  # fmt: skip
    return found


def _contacts_of(people: Collection[UUID]) -> tuple[dict[UUID, UUID], dict[UUID, list[Contact]]]:
    """Person -> the record that stands; that record -> contacts in order: three queries."""
    if not people:
        return {}, {}
    stands = registry.canonical(people)
    records = registry.born_as(set(stands.values()))
    root_of = {record: root for root, every in records.items() for record in every}
    rows = MotherContact.objects.filter(person__id__among=set(root_of)).order_by("on", "pk")
    found: dict[UUID, list[Contact]] = {}
    for id, person, day, after, signs, referred in fetch(
        rows.values_list("pk", "person_id", "on", "after_birth", "signs", "referred")
    ):
        told = tuple(filter(None, signs.split(",")))
        found.setdefault(root_of[person], []).append(Contact(id, day, after, told, referred))
    return stands, found


_BIRTH = ("pk", "delivery_id", "mother_id", "person_id", "unit_id", "on", "number", "alive", "sex",
          "weight", "length", "head", "apgar1", "apgar5", "vitamin_k", "breastfed",
          "essential_care", "malformation")  # fmt: skip
_DELIVERY = ("pk", "pregnancy_id", "at", "place", "attendant", "mode", "weeks")


def _births(by: Actor, rows: Any) -> list[BirthRow]:
    told = list(fetch(rows.order_by("-on", "delivery_id", "number").values_list(*_BIRTH)))
    ids = {row[1] for row in told}
    held: dict[UUID, tuple[Any, ...]] = {}
    if ids:
        found = Delivery.objects.filter(pk__among=ids)
        held = {row[0]: tuple(row[1:]) for row in fetch(found.values_list(*_DELIVERY))}
    people = {id for row in told for id in (row[2], row[3]) if id}
    stands = registry.canonical(people) if people else {}
    names = registry.people(by=by, ids=set(stands.values())) if people else {}
    return [_birth(row, held[row[1]], stands, names) for row in told]


def _birth(
    row: tuple[Any, ...], of: tuple[Any, ...], stands: dict[UUID, UUID], names: dict[UUID, Any]
) -> BirthRow:
    id, delivery_id, mother, person, unit, on, number, *rest = row
    pregnancy_id, at, *how = of
    mother, child = stands.get(mother, mother), stands.get(person)
    return BirthRow._make((
        id, delivery_id, pregnancy_id, mother, _name(names, mother), child, _name(names, child),
        unit, on, at, *how, number, *rest,
    ))  # fmt: skip


def _name(names: dict[UUID, Any], id: UUID | None) -> str:
    row = names.get(id) if id else None
    return row.name if row else ""
