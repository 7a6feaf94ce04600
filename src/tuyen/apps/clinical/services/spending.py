"""The cap of what may be spent on a person in a year: a visit beyond it is refused where the programme
declares so. A visit that spends nothing of a programme with a cap asks the tables nothing."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from tuyen.apps.clinical.keeping import day_of
from tuyen.apps.clinical.operations import Content
from tuyen.apps.clinical.refusals import BeyondCap
from tuyen.apps.clinical.spending import asked, capped, spent_on
from tuyen.apps.registry import queries as registry


class Purse:
    """What was spent on the people of a batch, year by year, while it is worked through."""

    def __init__(self, contents: Iterable[Content]) -> None:
        self._spent: dict[tuple[str, UUID, int], dict[UUID, int]] = {}
        wanted: dict[tuple[str, int], set[UUID]] = {}
        for content in contents:
            day = day_of(content.began_at)
            for key in asked(content, day):
                wanted.setdefault((key, day.year), set()).add(content.person)
        people = {person for each in wanted.values() for person in each}
        self._roots = registry.canonical(people) if people else {}
        records = registry.born_as(set(self._roots.values())) if people else {}
        for root, each in records.items():
            self._roots |= dict.fromkeys(each, root)
        for key, year in wanted:
            found = spent_on(key, set(self._roots), date(year, 1, 1), date(year, 12, 31))
            for one in found:
                held = self._spent.setdefault((key, self._roots[one.person], year), {})
                held[one.visit] = one.amount

    def check(self, visit: UUID, content: Content) -> None:
        """Raise where a visit spends more than what is left of the year's cap."""
        day = day_of(content.began_at)
        for key, amount in asked(content, day).items():
            one, spending, cap = capped(day)[key]
            held = self._spent.get((key, self._roots[content.person], day.year), {})
            before = sum(told for id, told in held.items() if id != visit)
            if before + amount > cap and spending.beyond == "refuse":
                raise BeyondCap(
                    programme=one.key, field=spending.what, value=amount, spent=before,
                    sum=before + amount, cap=cap, year=day.year, unit=one.form[spending.what].unit,
                )  # fmt: skip

    def count(self, visit: UUID, content: Content) -> None:
        """Take what an accepted visit says into account for those after it."""
        for held in self._spent.values():
            held.pop(visit, None)
        day = day_of(content.began_at)
        for key, amount in asked(content, day).items():
            root = self._roots[content.person]
            self._spent.setdefault((key, root, day.year), {})[visit] = amount
