"""What another pack would change for whom: the report before a schedule is activated.

Who is asked about comes with two packs, the one that holds for them and the one that would. Only the groups in
which those packs differ are judged, and a change is told with the cells of the packs that differ there.
"""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Literal, NamedTuple

from tuyen.engines.immunization.differences import (
    EVERY,
    Difference,
    concerned,
    differences,
    narrowed,
)
from tuyen.engines.immunization.history import DoseGiven, GroupAnswer, Person
from tuyen.engines.immunization.pack import Pack

Kind = Literal["called", "released", "reopened", "completed", "earlier", "later", "doses", "other"]
KINDS: tuple[Kind, ...] = (
    "called", "released", "reopened", "completed", "earlier", "later", "doses", "other",
)  # fmt: skip
"""How somebody's standing in a group may change.

==============  ===========================================================================
``called``      nobody called them for this group; now a dose is to come
``released``    a dose was to come; now nobody calls them
``reopened``    was complete; now a dose is to come
``completed``   a dose was to come; now complete
``earlier``     the next dose is recommended earlier
``later``       ... later
``doses``       the same date, but other doses count, or the next has another number
``other``       anything else: another earliest or overdue day, aged out, ...
==============  ===========================================================================
"""

Asked = tuple[Person, Sequence[DoseGiven]]
Judge = Callable[[Sequence[Asked], datetime.date], Sequence[Sequence[GroupAnswer]]]
"""A pack made ready to answer for many, in their order."""
Prepare = Callable[[Pack], Judge]
Sieve = Callable[[Pack, Pack, Sequence[Asked], datetime.date], Sequence[bool]]
"""Who of many may differ between two packs; whoever is let through is judged in full."""


_AT_ONCE = 5_000
WORTH_SIEVING = 5_000
"""From so many people on, loading the sieve (``impact_sieve``, compiled code) is paid back."""


class Case(NamedTuple):
    """Somebody, where they live, what they had, and the day about which is asked."""

    key: str
    commune: str
    person: Person
    doses: Sequence[DoseGiven]
    on: datetime.date


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands in a vaccine group."""

    status: str | None = None
    dose_number: int | None = None
    earliest: datetime.date | None = None
    recommended: datetime.date | None = None
    past_due: datetime.date | None = None
    valid: tuple[int, ...] = ()  # the doses that count, by their number

    @property
    def called(self) -> bool:
        """Whether a dose is to come."""
        return self.status == "not_complete"


@dataclass(frozen=True, slots=True)
class Change:
    """One person's standing in one group, before and after, and the cells that differ there."""

    key: str
    commune: str
    group: str
    kind: Kind
    before: Standing
    after: Standing
    why: tuple[Difference, ...]


class Count(NamedTuple):
    """How many people of a commune change in one way in one group."""

    commune: str
    group: str
    kind: Kind
    people: int


def changes(
    cases: Iterable[Case],
    before: Callable[[Case], Pack],
    after: Callable[[Case], Pack],
    prepare: Prepare,
    sieve: Sieve | None = None,
) -> Iterator[Change]:
    """Who stands otherwise under the other pack, in the order of the cases.

    ``before`` and ``after`` give the pack that concerns somebody; packs are told apart by identity,
    so that each pair is compared and prepared once. ``prepare`` makes a pack ready to answer;
    ``sieve`` spares those who do not differ.
    """
    pairs: dict[tuple[int, int], _Pair] = {}
    for chunk in batched(cases, _AT_ONCE):
        together: dict[tuple[tuple[int, int], datetime.date], list[int]] = {}
        for place, case in enumerate(chunk):
            old, new = before(case), after(case)
            key = (id(old), id(new))
            if key not in pairs:
                pairs[key] = _Pair.of(old, new, prepare, sieve)
            together.setdefault((key, case.on), []).append(place)
        found: dict[int, list[Change]] = {}
        for (key, on), places in together.items():
            if pairs[key].groups:
                some = [chunk[place] for place in places]
                found.update(zip(places, pairs[key].compare(some, on), strict=True))
        for place in sorted(found):
            yield from found[place]


def counted(found: Iterable[Change]) -> tuple[Count, ...]:
    """Changes counted by commune, group and kind, in that order."""
    tally = Counter((one.commune, one.group, one.kind) for one in found)
    return tuple(Count(*place, people) for place, people in sorted(tally.items()))


def kind_of(before: Standing, after: Standing) -> Kind | None:
    """How one standing differs from another; None where it does not."""
    if before == after:
        return None
    if before.called != after.called:
        if after.called:
            return "reopened" if before.status == "complete" else "called"
        return "completed" if after.status == "complete" else "released"
    old, new = before.recommended, after.recommended
    if before.called and old and new and old != new:
        return "earlier" if new < old else "later"
    if (before.valid, before.dose_number) != (after.valid, after.dose_number):
        return "doses"
    return "other"


def standings(answers: Sequence[GroupAnswer]) -> dict[str, Standing]:
    """By vaccine group; of two legitimate forecasts the first, which fits the person's age."""
    found: dict[str, Standing] = {}
    for one in answers:
        if one.vaccine_group not in found:
            found[one.vaccine_group] = Standing(
                one.status,
                one.dose_number,
                one.earliest,
                one.recommended,
                one.past_due,
                tuple(dose.n for dose in one.doses if dose.status == "valid"),
            )
    return found


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two packs with what differs between them, ready to judge the groups in which they differ."""

    packs: tuple[Pack, Pack]  # held, so that no other pack gets the identity of one of them
    why: dict[str, tuple[Difference, ...]]
    groups: frozenset[str]
    old: Judge
    new: Judge
    sieve: Callable[[Sequence[Asked], datetime.date], Sequence[bool]] | None

    @classmethod
    def of(cls, old: Pack, new: Pack, prepare: Prepare, sieve: Sieve | None) -> "_Pair":
        found = differences(old, new) if old is not new else ()
        groups = concerned(found, old) | concerned(found, new)
        why = {
            group: tuple(one for one in found if one.group in (group, EVERY)) for group in groups
        }
        parts = narrowed(old, groups), narrowed(new, groups)
        sieved = None if sieve is None else partial(sieve, *parts)
        return cls((old, new), why, groups, prepare(parts[0]), prepare(parts[1]), sieved)

    def compare(self, cases: Sequence[Case], on: datetime.date) -> list[list[Change]]:
        """The changes of each case, in their order."""
        asked = [(case.person, case.doses) for case in cases]
        let = self.sieve(asked, on) if self.sieve else [True] * len(cases)
        some = [one for one, passed in zip(asked, let, strict=True) if passed]
        answers = iter(list(zip(self.old(some, on), self.new(some, on), strict=True)))
        return [
            list(self._changes(case, *map(standings, next(answers)))) if passed else []
            for case, passed in zip(cases, let, strict=True)
        ]

    def _changes(
        self, case: Case, before: Mapping[str, Standing], after: Mapping[str, Standing]
    ) -> Iterator[Change]:
        nothing = Standing()
        for group in sorted(self.groups):
            was, becomes = before.get(group, nothing), after.get(group, nothing)
            kind = kind_of(was, becomes)
            if kind is not None:
                yield Change(case.key, case.commune, group, kind, was, becomes, self.why[group])


def batched(cases: Iterable[Case], size: int) -> Iterator[list[Case]]:
    """So many at a time, in their order."""
    rest = iter(cases)
    while some := list(islice(rest, size)):
        yield some
