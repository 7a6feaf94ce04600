"""What all services of people share: checks of a person's facts, and rows written together."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Max, Model
from django.utils import timezone

from tuyen.apps.journal import bulk
from tuyen.apps.registry import mapstore, search, vocabulary
from tuyen.apps.registry.atlas import Atlas
from tuyen.apps.registry.models import (
    Entitlement,
    Household,
    Identifier,
    Membership,
    Person,
    PersonEthnicity,
    PlaceRevision,
    Residence,
)
from tuyen.apps.registry.operations import Insurance, Number
from tuyen.apps.registry.refusals import (
    BeforeBirth,
    BornAfterRecording,
    ClosedUnit,
    EmptyName,
    EndsBeforeItBegins,
    InTheFuture,
    NotAFacility,
    NotAnArea,
    NotYetOpen,
    NumberMalformed,
    NumberTaken,
    OutOfReach,
    TooOld,
    UnknownUnit,
    UnknownWord,
)
from tuyen.apps.registry.vocabulary import COMMUNE, VILLAGE
from tuyen.engines.registry.identifiers import (
    check_insurance_card,
    check_personal_number,
    clean,
    insurance_card,
)
from tuyen.kernel.ids import NODE
from tuyen.kernel.operation import Entry
from tuyen.kernel.refusal import Refusal
from tuyen.kernel.text import nfc

OLDEST = 125  # years
_SEX = {1: "male", 2: "female"}
_FORM = ("registry.insurance-number-form", "registry.identifier-zeros-lost")


def recorded_on(entry: Entry[Any]) -> date:
    """The later of the day it happened and the local day it was written down."""
    return max(entry.happened_on, timezone.localdate(entry.recorded_at))


class Rows:
    """Rows of several tables, gathered and written table by table."""

    COLUMNS: dict[type[Model], tuple[str, ...]] = {
        Household: ("id", "unit_id", "place_id", "code", "address", "since", "until"),
        Person: (
            "id", "number", "unit_id", "name", "sex", "born_on", "birth_precision", "phone",
            "place_id", "household_id", "search", "death_cause", "void_reason",
        ),
        PersonEthnicity: ("person_id", "group"),
        Residence: ("id", "person_id", "place_id", "kind", "sex", "born_on", "since", "until"),
        Membership: ("id", "person_id", "household_id", "role", "since", "until"),
        Identifier: ("id", "person_id", "system", "value", "since", "until", "warning"),
        Entitlement: (
            "id", "person_id", "card", "group", "facility_id", "since", "until", "warning",
        ),
    }  # fmt: skip

    def __init__(self) -> None:
        self.of: dict[type[Model], list[tuple[Any, ...]]] = {model: [] for model in self.COLUMNS}
        self.touched: dict[UUID, UUID] = {}  # place: the last entry that changed it

    def add(self, model: type[Model], *values: Any) -> None:
        self.of[model].append(values)

    def save(self) -> None:
        """One statement for each table that has rows; new persons can then be found."""
        touch_places(self.touched)
        for model, rows in self.of.items():
            if rows:
                bulk.insert(model, self.COLUMNS[model], rows)
        if self.of[Person]:
            search.add(self.of[Person][0][1])


class Book:
    """The state of the people's tables that a batch is checked against, and moves along with."""

    def __init__(self) -> None:
        self.atlas: Atlas = mapstore.atlas()
        self.rows = Rows()
        self._taken: set[tuple[str, str]] = set()
        self._claimed: set[tuple[str, str]] = set()  # by the entry that is being checked
        self._next: int | None = None
        self._stays: dict[tuple[UUID, date], Any] = {}

    def number(self) -> int:
        """The next number of a person, in the order of registration."""
        if self._next is None:
            self._next = (Person.objects.aggregate(last=Max("number"))["last"] or 0) + 1
        self._next += 1
        return self._next - 1

    def load_numbers(self, values: Iterable[str]) -> None:
        """Which of these numbers somebody holds; one query."""
        wanted = set(values)
        if wanted:
            held = Identifier.objects.filter(value__in=wanted, until=None)
            self._taken.update(held.values_list("system", "value"))

    def settle_claims(self, *, accepted: bool) -> None:
        """The entry is done: its numbers are taken, or free again for the next."""
        if accepted:
            self._taken |= self._claimed
        self._claimed.clear()

    def release(self, system: str, value: str) -> None:
        """A number that ended is free for the entries that follow."""
        self._taken.discard((system, value))

    def place(self, field: str, place: UUID, on: date) -> None:
        """Refuse a place that is no village or commune, or is not there on the day."""
        key = place, on
        if key not in self._stays:
            self._stays[key] = self._judge(field, place, on)
        if self._stays[key] is not None:
            raise self._stays[key]

    def _judge(self, field: str, place: UUID, on: date) -> Any:
        atlas = self.atlas
        unit = atlas.unit(place)
        if unit is None:
            return UnknownUnit(field=field, unit=place)
        if atlas.level(place, on) not in (COMMUNE, VILLAGE):
            return NotAnArea(field=field, name=atlas.full_name(place, on))
        if unit.until is not None and unit.until <= on:
            heirs = [atlas.full_name(id, on) for id, _ in atlas.current(place, on) if id != place]
            return ClosedUnit(
                field=field, name=atlas.full_name(place), until=unit.until, on=on,
                successors=", ".join(heirs) or "—",
            )  # fmt: skip
        if unit.since is not None and on < unit.since:
            return NotYetOpen(field=field, name=atlas.full_name(place), since=unit.since, on=on)
        return None

    def within_reach(self, entry: Entry[Any], *places: UUID | None) -> None:
        """Refuse what concerns none of the places that the sending unit answers for.

        The journal has asked whether the author may act for the unit; this asks whether the unit
        may act for the place. Units above the stations answer for the whole node.
        """
        if self.answers_for(entry, *places):
            return
        shown = next((p for p in places if p), None)
        raise out_of_reach(self.atlas, entry, shown)

    def answers_for(self, entry: Entry[Any], *places: UUID | None, above: int = 2) -> bool:
        """Whether the sending unit answers for any of the places; see :meth:`within_reach`.

        ``above`` is the lowest level whose facilities answer for the whole node: 2 are the health
        centres, 1 the department and what stands beside it.
        """
        if entry.unit == NODE:
            return True
        atlas, unit = self.atlas, self.atlas.unit(entry.unit)
        if unit is None:
            raise UnknownUnit(field="unit", unit=entry.unit)
        type = vocabulary.unit_types().get(atlas.type(entry.unit, entry.happened_on) or "")
        if unit.kind == "facility" and type is not None and type.level <= above:
            return True
        return any(
            place in atlas.reach(entry.unit, line, entry.happened_on)
            for line in ("own", "owned", "guided")
            for place in places
            if place
        )

    # -- checks of one person ------------------------------------------------------------------

    def check_name(self, field: str, name: str) -> str:
        """The name as typed, in composed form and single-spaced."""
        if not any(character.isalpha() for character in name):
            raise EmptyName(field=field, value=name)
        return nfc(name)

    def check_birth(self, name: str, born_on: date, on: date) -> None:
        if born_on > on:
            raise BornAfterRecording(name=name, born_on=born_on, on=on)
        if born_on.year < on.year - OLDEST:
            raise TooOld(name=name, born_on=born_on, on=on, limit=OLDEST)

    def check_ethnicity(self, group: str) -> None:
        if group and group not in vocabulary.ethnic_groups():
            raise UnknownWord(field="ethnicity", value=group, known="01 … 54, 55, 99")

    def check_number(
        self, number: Number, sex: int, born_on: date, precision: str, on: date
    ) -> tuple[str, str]:
        """(value as stored, code of what is odd about it). A malformed or taken one is refused."""
        system = vocabulary.identifier_systems().get(number.system)
        if system is None:
            known = ", ".join(vocabulary.identifier_systems())
            raise UnknownWord(field="numbers", value=number.system, known=known)
        value = clean(number.value)
        if not _pattern(system.pattern).fullmatch(value):
            raise _malformed(number.value, system.code, system.pattern, system.check)
        claim = (number.system, value)
        if claim in self._taken or claim in self._claimed:
            raise NumberTaken(value=masked(value), system=number.system)
        self._claimed.add(claim)
        warning = ""
        if system.check == "personal_number":
            found = check_personal_number(
                value, _SEX.get(sex), born_on.year, on, vocabulary.provinces_of_registration()
            )
            warning = found[0].code if found else ""
        elif system.check == "insurance_card":
            warning = _card_warning(value)
        return value, warning

    def check_insurance(
        self, card: Insurance | Any, born_on: date | None, on: date
    ) -> tuple[str, str, str]:
        """(card as stored, group, code of what is odd about it)."""
        value = clean(card.card)
        warning = _card_warning(value)
        if warning in _FORM:
            raise check_insurance_card(value)[0]
        if card.until is not None and card.until <= card.since:
            raise EndsBeforeItBegins(field="insurance", since=card.since, until=card.until)
        if born_on is not None and card.since < born_on:
            raise BeforeBirth(field="insurance", day=card.since, born_on=born_on)
        parts = insurance_card(value)
        group = card.group or (parts.group if parts else "")
        if group and group not in vocabulary.insurance_groups():
            warning = warning or "registry.card-group"
        if card.facility is not None:
            unit = self.atlas.unit(card.facility)
            if unit is None:
                raise UnknownUnit(field="insurance", unit=card.facility)
            if unit.kind != "facility":
                raise NotAFacility(field="insurance", name=self.atlas.full_name(card.facility))
        return value, group[:4], warning

    def check_day(self, field: str, day: date, born_on: date, on: date) -> None:
        if day < born_on:
            raise BeforeBirth(field=field, day=day, born_on=born_on)
        if day > on:
            raise InTheFuture(field=field, day=day, on=on)


def out_of_reach(atlas: Atlas, entry: Entry[Any], place: UUID | None) -> Refusal:
    return OutOfReach(
        name=atlas.full_name(place) or "—", unit=atlas.full_name(entry.unit, entry.happened_on)
    )


def touch_places(touched: Mapping[UUID, UUID]) -> None:
    """Mark the counts of places as out of date, each by the last entry that changed it."""
    rows = [PlaceRevision(place_id=place, entry_id=entry) for place, entry in touched.items()]
    PlaceRevision.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["place"], update_fields=["entry_id"]
    )


def masked(value: str) -> str:
    """A number with only its last three characters shown."""
    return "•" * max(0, len(value) - 3) + value[-3:]


def words_of(person: Person, former: Iterable[str] = ()) -> str:
    return search.words(person.name, former, person.place_id, person.born_on)


def _card_warning(value: str) -> str:
    found = check_insurance_card(value, vocabulary.insurance_groups())
    return found[0].code if found else ""


def _malformed(value: str, system: str, pattern: str, check: str | None) -> Refusal:
    """What the engine says of the number, else what the rule expects."""
    found: list[Refusal] = []
    if check == "personal_number":
        found = check_personal_number(value)
    elif check == "insurance_card":
        found = check_insurance_card(value)
    return found[0] if found else NumberMalformed(value=value, system=system, pattern=pattern)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)
