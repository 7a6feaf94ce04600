"""Who uses which method of contraception, told from what was started, handed out and stopped."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple


class Step(NamedTuple):
    """Something told of a person's method, ``covers`` days from ``on`` (None: as long as it lasts)."""

    on: date
    what: str  # start, supply, follow-up, stop
    method: str
    covers: int | None


class Use(NamedTuple):
    """A method in use: ``until`` is the first day on which it needs something; None: nothing."""

    method: str
    since: date
    until: date | None

    def lapsed(self, on: date, grace_days: int) -> bool:
        """Whether supply ended so long ago that the person is counted as a user no more."""
        return self.until is not None and on >= self.until + timedelta(days=grace_days)


def in_use(steps: Iterable[Step], on: date) -> Use | None:
    """The method of one person on a day, whatever the order in which the steps were written down.

    A start of another method ends the one before; a stop ends all. Of one day, a stop comes first: who
    changes a method stops and starts.

    >>> in_use([Step(date(2026, 1, 5), "start", "pill", 28)], date(2026, 2, 1))
    Use(method='pill', since=datetime.date(2026, 1, 5), until=datetime.date(2026, 2, 2))
    """
    use: Use | None = None
    for step in sorted(steps, key=lambda one: (one.on, one.what != "stop")):
        if step.on > on:
            break
        until = None if step.covers is None else step.on + timedelta(days=step.covers)
        if step.what == "stop":
            use = None
        elif use is None or step.method != use.method:
            if step.what in ("start", "supply"):
                use = Use(step.method, step.on, until)
        elif step.what in ("start", "supply"):
            use = use._replace(until=until)
    return use


def users(people: Mapping[object, Iterable[Step]], on: date, grace_days: int) -> dict[str, int]:
    """How many people use each method on a day."""
    counted: dict[str, int] = {}
    for steps in people.values():
        use = in_use(steps, on)
        if use is not None and not use.lapsed(on, grace_days):
            counted[use.method] = counted.get(use.method, 0) + 1
    return counted
