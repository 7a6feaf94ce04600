"""The demo's people: households at the start, then births, arrivals, moves, deaths, departures."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
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

    def __init__(self, people: People, villages: Villages, names: Names, since: date) -> None:
        self.people, self.names, self.since = people, names, since
        self.village = [names.unit(f"village:{code}") for code in villages.code]
        self.ids = [names.of("person", n) for n in range(len(people))]
        self.text = engine.render(people)
        self.born = days(people.born)
        self.insured = list(
            zip(days(people.insured_since), days(people.insured_until), strict=True)
        )
        self.role = [_role(RELATIONS[r]) for r in people.relation.tolist()]
        self.sex = people.sex.tolist()
        self.household = people.household.tolist()
        self._opened: set[int] = set()

    def at_the_start(self) -> Iterator[Operation]:
        """Every household with those who lived in it on the first day."""
        here = np.flatnonzero(self.people.resident(np.datetime64(self.since) - 1))
        members: dict[int, list[int]] = defaultdict(list)
        for n in here.tolist():
            members[self.household[n]].append(n)
        where = np.where(self.people.village_before >= 0, self.people.village_before,
                         self.people.village)  # fmt: skip
        for household in sorted(members):
            yield self._household(household, members[household], self.since,
                                  int(where[members[household][0]]))  # fmt: skip

    def afterwards(self) -> Iterator[tuple[date, Operation]]:
        """What happened to people since, each with its day, in order."""
        happened = lives.events(self.people)
        columns = (days(happened.day), happened.kind.tolist(), happened.person.tolist(),
                   happened.village.tolist())  # fmt: skip
        for on, kind, person, village in zip(*columns, strict=True):
            assert on is not None
            yield on, self._event(lives.KINDS[kind], on, person, village)

    def _event(self, kind: str, on: date, person: int, village: int) -> Operation:
        household = self.household[person]
        if kind in ("born", "arrived") and household not in self._opened:
            return self._household(household, [person], on, village)
        if kind in ("born", "arrived"):
            return self._person(person, on, village)
        if kind == "moved":
            joins = (
                household in self._opened
                and int(self.people.household_village[household]) == village
            )
            payload = MovePerson(
                person=self.ids[person], place=self.village[village], since=on,
                household=self._household_id(household) if joins else None, role=self.role[person],
            )  # fmt: skip
            return self.names.operation(
                payload, "move", person, on, unit=self.village[village], on=on
            )
        here = self.village[int(self.people.village[person])]
        if kind == "died":
            death = RecordDeath(person=self.ids[person], on=on)
            return self.names.operation(death, "death", person, unit=here, on=on)
        left = MovePerson(person=self.ids[person], place=None, since=on)
        return self.names.operation(left, "left", person, unit=here, on=on)

    def _household_id(self, household: int) -> UUID:
        return self.names.of("registry.register_household", household)

    def _household(self, household: int, members: list[int], on: date, village: int) -> Operation:
        self._opened.add(household)
        number = int(self.people.household_number[household])
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

    def _person(self, n: int, on: date, village: int) -> Operation:
        payload = RegisterPerson(
            name=self.text.name[n], sex=self.sex[n], born_on=self.born[n],
            household=self._household_id(self.household[n]), place=self.village[village],
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
        return Insurance(card=self.text.insurance_card[n], since=since, until=until)


def _role(relation: str) -> str:
    known = {"head", "spouse", "child", "parent", "grandchild", "sibling", "relative"}
    word = _ROLE.get(relation, relation)
    return word if word in known else "other"
