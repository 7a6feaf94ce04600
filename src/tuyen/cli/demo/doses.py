"""The demo's doses: what an older register had, copied once, and what was given in the last weeks."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import cast
from uuid import UUID

import numpy as np

from tuyen import rules
from tuyen.apps.immunization.operations import Follow, Given, RecordDoses, RecordHistory, Remembered
from tuyen.cli.demo.names import Names, days
from tuyen.cli.demo.people import Residents
from tuyen.cli.demo.stock import given_from
from tuyen.engines.synthetic import doses as engine
from tuyen.engines.synthetic.province import Province
from tuyen.engines.synthetic.streams import Streams
from tuyen.kernel.ids import NODE
from tuyen.kernel.operation import Operation

AT_ONCE = 500
RECENT = timedelta(days=42)
"""What was given since is told visit by visit; what went before is copied, a child at a time."""

Line = tuple[int, str, date]


class Booklets:
    """Turns the doses of a synthetic province into operations of its stations."""

    def __init__(
        self, made: Province, names: Names, residents: Residents, until: date, seed: int
    ) -> None:
        rule = rules.load("synthetic/immunization")
        rng = Streams(seed).of("doses")
        self.doses = engine.immunise(made.people, rule, np.datetime64(until), rng)
        self.made, self.names, self.residents, self.until = made, names, residents, until
        self.station = {
            commune: names.unit(f"facility:tyt-{commune.code}")
            for commune in made.gazetteer.communes
        }

    def operations(self) -> Iterator[Operation]:
        """The copies first, then the visits in the order of their days."""
        visits: list[tuple[date, int, list[str]]] = []
        day = cast(list[date], days(self.doses.day))
        codes = [self.doses.vaccine[n] for n in self.doses.given.tolist()]
        lines = zip(self.doses.person.tolist(), codes, day, strict=True)
        for person, told in groupby(lines, key=lambda line: line[0]):
            given = list(told)
            old = [line for line in given if line[2] <= self.until - RECENT]
            if old:
                yield self._copy(person, old)
            for on, same in groupby(given[len(old) :], key=lambda line: line[2]):
                visits.append((on, person, [line[1] for line in same]))
        for on, person, vaccines in sorted(visits):
            yield self._visit(on, person, vaccines)

    def _copy(self, person: int, given: list[Line]) -> Operation:
        station = self._station(person)
        payload = RecordHistory(
            person=self.residents.ids[person], shown="register",
            doses=tuple(
                Remembered(
                    vaccine=vaccine, on=on, facility=station, place_kind="station",
                    lot=f"{vaccine[:3].upper()}{on:%y}{on.month:02d}",
                )
                for _, vaccine, on in given
            ),
        )  # fmt: skip
        on = self.until - RECENT
        return self.names.operation(payload, "copied", person, unit=station, on=on)

    def _visit(self, on: date, person: int, vaccines: list[str]) -> Operation:
        payload = RecordDoses(
            person=self.residents.ids[person], programme="routine", place_kind="station",
            screening="passed", given=tuple(
                Given(vaccine=vaccine, lot=given_from(vaccine, (self.until - on).days))
                for vaccine in vaccines
            ),
        )  # fmt: skip
        return self.names.operation(payload, person, on, unit=self._station(person), on=on)

    def followed(self, strays: Sequence[UUID]) -> Iterator[Operation]:
        """Children of whom no dose is on record: they are followed as everybody is."""
        for n, start in enumerate(range(0, len(strays), AT_ONCE)):
            payload = Follow(people=tuple(strays[start : start + AT_ONCE]))
            yield self.names.operation(payload, n, unit=NODE, on=self.until)

    def _station(self, person: int) -> UUID:
        village = int(self.made.people.village[person])
        commune = self.made.network.villages.commune[village]
        return self.station[self.made.gazetteer.communes[int(commune)]]
