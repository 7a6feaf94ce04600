"""The demo's mothers and children at the station that is played: pregnancies and their contacts, births of the
year, growth of children under five, methods of contraception, a couple at risk of thalassaemia."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal, cast

import numpy as np

from tuyen.apps.clinical.operations import (
    AdmitMalnourished,
    Answered,
    Born,
    Diagnosed,
    LinkCouple,
    Measured,
    RecordBirth,
    RecordContraception,
    RecordThalassaemia,
    RecordVisit,
    RegisterPregnancy,
)
from tuyen.cli.demo.care import Visits
from tuyen.cli.demo.claims import licence
from tuyen.cli.demo.names import after, morning
from tuyen.kernel.operation import Operation

_YEAR = 365.25
_WEEKS = (11, 19, 28, 34, 38)
"""How far the pregnancies are; of the fourth the last contact shows danger."""
_SEEN = (10, 18, 25, 29, 33, 36)
"""Weeks at which women came."""
_MONTHS = (6, 9, 12, 18, 24, 36, 48, 60)
_WEIGHT = (7.6, 8.6, 9.3, 10.5, 11.7, 13.9, 16.0, 18.0)
_HEIGHT = (66.7, 71.0, 75.0, 81.5, 86.8, 95.5, 102.8, 109.4)
"""About the medians of children by months of age (kg, cm)."""
_SHORT = (1.0, 0.97, 0.93, 0.99, 0.95)
_THIN = {3: 0.82, 7: 0.74}
"""Of some children the weight is that share of what their height asks for."""
_METHODS = ("pill", "condom", "injectable", "iud", "implant")
_CHILDREN, _BIRTHS = 14, 5


class Families:
    """Who lives where the station keeps the records, by age and household; nobody is taken twice."""

    def __init__(self, visits: Visits, station: int) -> None:
        self.visits, self.station = visits, station
        lives = visits.made.people.resident(np.datetime64(visits.until))
        busy = {one.person for one in visits.came}
        here = np.flatnonzero(lives & (visits.commune == station)).tolist()
        self.homes: dict[int, list[int]] = {}
        for n in here:
            self.homes.setdefault(visits.residents.household[n], []).append(n)
        self.free = [n for n in here if n not in busy]

    def age(self, n: int) -> float:
        days = (self.visits.until - self.visits.residents.born[n]).days
        return float(days / _YEAR)

    def women(self, youngest: int, oldest: int) -> list[int]:
        """Those who are in nothing yet."""
        sex = self.visits.residents.sex
        return [n for n in self.free if sex[n] == 2 and youngest <= self.age(n) < oldest]

    def take(self, found: list[int], many: int) -> list[int]:
        taken = found[:many]
        self.free = [n for n in self.free if n not in taken]
        return taken

    def mother(self, child: int) -> int | None:
        """A woman of the child's household who was of an age to bear it."""
        sex = self.visits.residents.sex
        home = self.homes[self.visits.residents.household[child]]
        fits = (n for n in home if sex[n] == 2 and 18 <= self.age(n) - self.age(child) < 42)
        return next(fits, None)

    def tell(self, payload: Any, *key: object, on: date) -> Operation:
        unit = self.visits.station[self.station]
        return self.visits.names.operation(payload, "family", *key, unit=unit, on=on)

    def visit(
        self, n: int, on: date, measured: dict[str, str], *, programme: str = "", code: str = "",
        answers: dict[str, str] | None = None,
    ) -> Operation:  # fmt: skip
        answered = (Answered(programme=programme, fields=answers),) if programme and answers else ()
        payload = RecordVisit(
            person=self.visits.residents.ids[n], began_at=morning(on) + timedelta(minutes=n % 50),
            payer="programme", answered=answered, practitioner=licence(self.station),
            measured=tuple(Measured(what=what, value=Decimal(value)) for what, value in measured.items()),
            diagnosed=(Diagnosed(code=code, main=True),) if code else (),
        )  # fmt: skip
        return self.tell(payload, n, on.isoformat(), on=on)


def told(visits: Visits) -> Iterator[Operation]:
    """Everything about the families of the station that is played."""
    station = visits.played()
    if station < 0:
        return
    all_ = Families(visits, station)
    yield from _births(all_)
    yield from _pregnancies(all_)
    yield from _growth(all_)
    yield from _methods(all_)
    yield from _couple(all_)


def _births(all_: Families) -> Iterator[Operation]:
    """Children of the year on record, with who bore them, and a contact of the last of those mothers."""
    residents, until = all_.visits.residents, all_.visits.until
    babies = sorted((n for n in all_.free if all_.age(n) < 1), key=lambda n: residents.born[n])
    pairs = [(n, mother) for n in reversed(babies) if (mother := all_.mother(n)) is not None]
    mothers: set[int] = set()
    for rank, (baby, mother) in enumerate(pairs):
        if mother in mothers or len(mothers) == _BIRTHS:
            continue
        mothers.add(mother)
        born = residents.born[baby]
        payload = RecordBirth(
            mother=residents.ids[mother], on=born, weeks=39 - rank % 3,
            place="station" if rank % 3 else "home",
            attendant="midwife" if rank % 3 else "village-midwife",
            children=(Born(
                sex=cast(Literal[1, 2, 3], residents.sex[baby]), person=residents.ids[baby],
                weight=3250 - 280 * (rank % 4), length=Decimal("49"), vitamin_k=bool(rank % 3), breastfed=True,
            ),),
        )  # fmt: skip
        yield all_.tell(payload, "birth", baby, on=until)
        if (until - born).days < 42:
            yield all_.visit(mother, until, {"systolic": "112", "diastolic": "70"}, programme="postnatal",
                             code="Z39.2", answers={"bleeding": "no", "breastfed": "yes"})  # fmt: skip
    all_.take(list(mothers), len(mothers))


def _pregnancies(all_: Families) -> Iterator[Operation]:
    until = all_.visits.until
    for rank, woman in enumerate(all_.take(all_.women(20, 36), len(_WEEKS))):
        begun = after(until, -7 * _WEEKS[rank])
        payload = RegisterPregnancy(
            person=all_.visits.residents.ids[woman], lmp=begun, gravida=1 + rank % 3, para=rank % 3
        )
        yield all_.tell(payload, "pregnant", woman, on=min(until, after(begun, 70)))
        weeks = [week for week in _SEEN if week < _WEEKS[rank]]
        for week in weeks:
            danger = rank == 3 and week == weeks[-1]
            answers = {
                "bleeding": "no",
                "fits": "no",
                "iron": "yes",
                "headache": "yes" if danger else "no",
            }
            measured = {
                "systolic": "152" if danger else "112", "diastolic": "98" if danger else "72",
                "weight": str(46 + week // 4), "haemoglobin": "11.8",
            } | ({"fundal_height": str(week)} if week > 18 else {})  # fmt: skip
            on = after(begun, 7 * week)
            yield all_.visit(
                woman, on, measured, programme="antenatal", code="Z34", answers=answers
            )


def _growth(all_: Families) -> Iterator[Operation]:
    """Two weighings of each; who is thin at the second one stands in the list, and one is under treatment."""
    until, born = all_.visits.until, all_.visits.residents.born
    children = [n for n in all_.free if 0.6 < all_.age(n) < 4.8]
    for rank, child in enumerate(all_.take(children, _CHILDREN)):
        for ago in (95, 12 - rank % 9):
            on = after(until, -ago)
            months = (on - born[child]).days / _YEAR * 12
            if months < 3:
                continue
            height = float(np.interp(months, _MONTHS, _HEIGHT)) * _SHORT[rank % len(_SHORT)]
            share = height / float(np.interp(months, _MONTHS, _HEIGHT))
            weight = float(np.interp(months, _MONTHS, _WEIGHT)) * share**2
            thin = _THIN.get(rank, 1.0) if ago < 30 else 1.0
            position = "length" if months < 24 else "height"
            yield all_.visit(child, on, {
                "weight": f"{weight * thin:.1f}", "muac": f"{14.5 - 10 * (1 - thin):.1f}",
                position: f"{height:.1f}",
            })  # fmt: skip
            if rank == 7 and ago < 30:
                admit = AdmitMalnourished(
                    person=all_.visits.residents.ids[child], since=on, how="outpatient"
                )
                yield all_.tell(admit, "admit", child, on=on)


def _methods(all_: Families) -> Iterator[Operation]:
    until = all_.visits.until
    for rank, woman in enumerate(all_.take(all_.women(22, 45), len(_METHODS))):
        payload = RecordContraception(
            person=all_.visits.residents.ids[woman], on=after(until, -20 - 3 * rank), what="start",
            method=_METHODS[rank],
        )  # fmt: skip
        yield all_.tell(payload, "method", woman, on=after(until, -20 - 3 * rank))


def _couple(all_: Families) -> Iterator[Operation]:
    """A wife and a husband who both carry beta thalassaemia by their blood."""
    residents, until = all_.visits.residents, all_.visits.until
    for woman in all_.women(20, 36):
        home = all_.homes[residents.household[woman]]
        man = next((n for n in home if residents.sex[n] == 1 and residents.role[n] == "head"
                    and abs(all_.age(n) - all_.age(woman)) < 12), None)  # fmt: skip
        if man is None or residents.role[woman] != "spouse":
            continue
        on = after(until, -25)
        for person in (woman, man):
            blood = RecordThalassaemia(
                person=residents.ids[person], on=on, mcv=Decimal(66), mch=Decimal(21), hb=Decimal("11.4"),
                hba2=Decimal("5.1"), laboratory="TTYT khu vực",
            )  # fmt: skip
            yield all_.tell(blood, "blood", person, on=on)
        link = LinkCouple(woman=residents.ids[woman], man=residents.ids[man], since=on)
        yield all_.tell(link, "couple", woman, on=on)
        return
