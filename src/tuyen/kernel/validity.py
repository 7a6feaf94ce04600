"""Half-open spans of days in which a fact about the world holds."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tuyen.kernel.refusal import N_, Refusal


class EmptyValidity(Refusal):
    code = "kernel.empty-validity"
    message = N_("A fact cannot end on {until}, on or before the day it begins, {since}.")


@dataclass(frozen=True, slots=True, order=True)
class Validity:
    """The days from ``since`` up to, not including, ``until``; ``None`` means open on that side."""

    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        if self.since is not None and self.until is not None and self.until <= self.since:
            raise EmptyValidity(since=self.since, until=self.until)

    def covers(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (
            self.until is None or day < self.until
        )

    def overlaps(self, other: "Validity") -> bool:
        return self.intersect(other) is not None

    def intersect(self, other: "Validity") -> "Validity | None":
        """The days that both hold, or None."""
        since = max(self.since or date.min, other.since or date.min)
        until = min(self.until or date.max, other.until or date.max)
        if until <= since:
            return None
        return Validity(None if since == date.min else since, None if until == date.max else until)


def first_overlap(spans: Iterable[Validity]) -> tuple[Validity, Validity] | None:
    """The first pair of spans that share a day, in order of beginning; None if all are apart."""
    ordered = sorted(spans, key=lambda span: span.since or date.min)
    for earlier, later in itertools.pairwise(ordered):
        if earlier.overlaps(later):
            return earlier, later
    return None
