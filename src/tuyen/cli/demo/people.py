"""The demo's people: households at the start, then births, arrivals, moves, deaths, departures."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import cast
from uuid import UUID

import numpy as np

from tuyen.apps.registry.operations import (
    Insurance,
    Member,
    MovePerson,
    Number,
    RecordDeath,
    RegisterHousehold,
    RegisterPerson,
    Role,
)
from tuyen.cli.demo.names import Names, days
from tuyen.engines.synthetic import events as lives
from tuyen.engines.synthetic import people as engine
from tuyen.engines.synthetic.people import RELATIONS, People
from tuyen.engines.synthetic.villages import Villages
from tuyen.kernel.operation import Operation

_ROLE = {"child-in-law": "relative"}


class Residents:
    """Turns the columns of a synthetic population into operations on the registry."""

    def __init__(
        self, people: People, villages: Villages, communes: Sequence[str], names: Names, since: date
    ) -> None:
        """``communes``: the codes of the communes of today, by which villages are numbered."""
        self.people, self.names, self.since = people, names, since
        self.village = [names.unit(f"village:{code}") for code in villages.code]
        stations = [names.unit(f"facility:tyt-{code}") for code in communes]
        self.station = [stations[commune] for commune in villages.commune.tolist()]
        self.ids = [names.of("person", n) for n in range(len(people))]
        self.text = engine.render(people)
        self.born = cast(list[date], days(people.born))
        self.insured = list(
            zip(days(people.insured_since), days(people.insured_until), strict=True)
        )
        self.role = [_role(RELATIONS[r]) for r in people.relation.tolist()]
        self.sex = people.sex.tolist()
        self.household = people.household.tolist()
        self._opened: set[int] = set()

    def at_the_start(self) -> Iterator[Operation]:
        """Every household with those who lived in it on the first day; then those of its later
        members who still lived elsewhere."""
        here = np.flatnonzero(self.people.resident(np.datetime64(self.since)))
        where = np.where(self.people.village_before >= 0, self.people.village_before,
                         self.people.village)[here]  # fmt: skip
        members: dict[int, list[int]] = defaultdict(list)
        elsewhere: list[tuple[int, int]] = []
        for n, village in zip(here.tolist(), where.tolist(), strict=True):
            household = self.household[n]
            if village == self._place(household):
                members[household].append(n)
            else:
                elsewhere.append((n, village))
        for household in sorted(members):
            yield self._household(household, members[household], self.since)
        for n, village in elsewhere:
            yield self._person(n, self.since, village, None)

    def afterwards(self) -> Iterator[tuple[date, Operation]]:
        """What happened to people since, each with its day, in order."""
        happened = lives.events(self.people)
        columns = (days(happened.day), happened.kind.tolist(), happened.person.tolist(),
                   happened.origin.tolist(), happened.village.tolist())  # fmt: skip
        for on, kind, person, origin, village in zip(*columns, strict=True):
            assert on is not None
            for operation in self._event(lives.KINDS[kind], on, person, origin, village):
                yield on, operation

    def _event(
        self, kind: str, on: date, person: int, origin: int, village: int
    ) -> Iterator[Operation]:
        household = self.household[person]
        if kind == "died":
            here, death = self.village[origin], RecordDeath(person=self.ids[person], on=on)
            yield self.names.operation(death, person, unit=here, on=on)
        elif kind == "left":
            gone = MovePerson(person=self.ids[person], place=None, since=on)
            yield self.names.operation(gone, "left", person, unit=self.village[origin], on=on)
        else:
            joins = village == self._place(household)
            if joins and household not in self._opened:
                yield self._household(household, [], on)
            home = self._household_id(household) if joins else None
            if kind == "moved":
                payload = MovePerson(person=self.ids[person], place=self.village[village],
                                     since=on, household=home, role=self.role[person])  # fmt: skip
                unit = self.village[origin]  # who lives there lets go
                yield self.names.operation(payload, "moved", person, unit=unit, on=on)
            else:
                yield self._person(person, on, village, home)

    def _place(self, household: int) -> int:
        """The village of a household."""
        return int(self.people.household_village[household])

    def _household_id(self, household: int) -> UUID:
        return self.names.of("registry.register_household", household)

    def _household(self, household: int, members: list[int], on: date) -> Operation:
        self._opened.add(household)
        number, village = int(self.people.household_number[household]), self._place(household)
        payload = RegisterHousehold(
            place=self.village[village], since=on, address=f"Nhà số {number}",
            members=tuple(self._member(n) for n in members),
        )  # fmt: skip
        return self.names.operation(payload, household, unit=self.village[village], on=on)

    def _member(self, n: int) -> Member:
        return Member(
            id=self.ids[n], name=self.text.name[n], sex=self.sex[n], born_on=self.born[n],
            role=self.role[n], ethnicity=self.text.ethnic[n], phone=self.text.phone[n],
            numbers=(Number(system="personal_number", value=self.text.citizen_id[n]),),
            insurance=self._insurance(n),
        )  # fmt: skip

    def _person(self, n: int, on: date, village: int, household: UUID | None) -> Operation:
        payload = RegisterPerson(
            name=self.text.name[n], sex=self.sex[n], born_on=self.born[n],
            household=household, place=self.village[village],
            role=self.role[n], ethnicity=self.text.ethnic[n], phone=self.text.phone[n],
            numbers=(Number(system="personal_number", value=self.text.citizen_id[n]),),
            insurance=self._insurance(n), since=on,
        )  # fmt: skip
        return Operation.of(
            payload, id=self.ids[n], unit=self.village[village], happened_on=on,
            recorded_at=self.names.operation(payload, n, unit=self.village[village], on=on).recorded_at,
        )  # fmt: skip

    def _insurance(self, n: int) -> Insurance | None:
        since, until = self.insured[n]
        if since is None or not self.text.insurance_card[n]:
            return None
        first = self.station[int(self.people.village[n])]
        return Insurance(card=self.text.insurance_card[n], since=since, until=until, facility=first)


def _role(relation: str) -> Role:
    known = {"head", "spouse", "child", "parent", "grandchild", "sibling", "relative"}
    word = _ROLE.get(relation, relation)
    return cast(Role, word if word in known else "other")
