"""What a session may use and what became of it, asked across rooms that stand side by side.

The room that keeps vaccines (supply) and the room that gives them (immunization) may not import one
another. The keeper registers itself here; whoever gives doses asks here. Without a keeper nothing
is known: the answers are empty, and no lot is refused.

>>> Named(UUID(int=1), "MR", "A-12", date(2026, 10, 25)).number
'A-12'
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Literal, NamedTuple, Protocol
from uuid import UUID

from tuyen.kernel.operation import Payload

Verdict = Literal["usable", "not-kept", "never-received", "suspended", "quarantined", "expired"]
"""What is known of a lot that somebody names; ``not-kept``: no stock of this vaccine is kept here,
so nothing can be said."""


class LotAtHand(NamedTuple):
    """Vials of one lot that may be used at a unit; ``rank`` 0 is the one to use first."""

    rank: int
    lot: UUID
    item: str
    vaccine: str
    number: str
    maker: str
    expires_on: date
    doses_per_vial: int
    vials: int
    open_vials: int
    vvm: int | None
    held_in: UUID  # the unit, or the fridge in it
    diluent: UUID | None


class Taken(NamedTuple):
    """What a session took of one lot and gave back. All in vials but ``given``, which is doses."""

    lot: UUID
    item: str
    vaccine: str
    number: str
    doses_per_vial: int
    taken: int
    returned: int
    opened: int
    kept_open: int
    discarded: int
    given: int
    closed: bool

    @property
    def out(self) -> int:
        """Vials that the session still has."""
        return self.taken - self.returned - self.opened - self.kept_open - self.discarded

    @property
    def wasted(self) -> int:
        """Doses of opened vials that nobody got."""
        return max(0, self.opened * self.doses_per_vial - self.given)


class Named(NamedTuple):
    """A lot as it is written beside a dose: the vaccine's code and the number on the vial."""

    unit: UUID
    vaccine: str
    number: str
    on: date


class Standing(NamedTuple):
    """What is known of a lot that was named."""

    verdict: Verdict
    lot: UUID | None = None
    item: str = ""
    expires_on: date | None = None


class Stopped(NamedTuple):
    """A lot that may be used nowhere any more (or, ``lifted``, again); by which unit and by whom
    (None: by the program), and when the program got to know."""

    lot: UUID
    item: str
    vaccine: str
    number: str
    reason: str
    lifted: bool
    on: date
    unit: UUID
    at: datetime
    author: UUID | None = None


class Suspended(NamedTuple):
    """A lot that the stock holds suspended. ``followed`` says that it only heard of it: the program
    wrote it there because another room had stopped the lot."""

    lot: UUID
    followed: bool


class Writing(NamedTuple):
    """An operation that the keeper would have committed: its payload and its unit."""

    payload: Payload
    unit: UUID


class Keeper(Protocol):
    """What the room that keeps the stock answers."""

    def usable(
        self, by: Any, *, unit: UUID, on: date, vaccine: str = ""
    ) -> tuple[LotAtHand, ...]: ...

    def taken(self, by: Any, *, session: UUID) -> tuple[Taken, ...]: ...

    def standing(self, named: Sequence[Named]) -> list[Standing]: ...

    def suspension(self, *, lot: UUID, unit: UUID, reason: str) -> Writing: ...

    def suspended(self, named: Sequence[Named]) -> list[Suspended | None]: ...

    def lifting(self, *, lot: UUID, unit: UUID, reason: str) -> Writing: ...


class Promise(NamedTuple):
    """Vials of a lot that another room promised to somebody, and that still lie at ``unit``."""

    unit: UUID
    lot: UUID
    vials: int
    to: UUID  # the place they are for
    until: date
    because: UUID  # what promised them


Hear = Callable[[Sequence[Stopped]], None]
Promises = Callable[[], Sequence[Promise]]

_KEEPER: list[Keeper] = []
_HEARERS: dict[str, Hear] = {}
_PROMISERS: dict[str, Promises] = {}


def kept_by(keeper: Keeper) -> None:
    """Register who keeps the stock; the last one counts."""
    _KEEPER[:] = [keeper]


def hears_of_stops(room: str) -> Callable[[Hear], Hear]:
    """Register who is told, after the commit, that lots were suspended or released again."""

    def declare(hear: Hear) -> Hear:
        _HEARERS[room] = hear
        return hear

    return declare


def promises(room: str) -> Callable[[Promises], Promises]:
    """Register who may promise vials of the stock, so that the keeper sees what is promised."""

    def declare(tell_of: Promises) -> Promises:
        _PROMISERS[room] = tell_of
        return tell_of

    return declare


def promised() -> list[Promise]:
    """Every promise of every room that registered, for the keeper, who shows each reader theirs."""
    return [one for room in sorted(_PROMISERS) for one in _PROMISERS[room]()]


def usable(by: Any, *, unit: UUID, on: date, vaccine: str = "") -> tuple[LotAtHand, ...]:
    """Lots of a unit (and of one vaccine) that ``by`` may use on a day, the first to expire first."""
    return _KEEPER[0].usable(by, unit=unit, on=on, vaccine=vaccine) if _KEEPER else ()


def taken(by: Any, *, session: UUID) -> tuple[Taken, ...]:
    """What a session took and gave back, lot by lot."""
    return _KEEPER[0].taken(by, session=session) if _KEEPER else ()


def standing(named: Sequence[Named]) -> list[Standing]:
    """What is known of each lot named, in a constant number of queries; for services and imports."""
    return _KEEPER[0].standing(named) if _KEEPER else [Standing("not-kept")] * len(named)


def suspension(*, lot: UUID, unit: UUID, reason: str) -> Writing | None:
    """The operation that suspends a lot everywhere at once; None where no stock is kept.

    For a reaction to an adverse event: commit it as the program, or beside the report.
    """
    return _KEEPER[0].suspension(lot=lot, unit=unit, reason=reason) if _KEEPER else None


def suspended(named: Sequence[Named]) -> list[Suspended | None]:
    """Which of the lots named the stock holds suspended, in a constant number of queries."""
    return _KEEPER[0].suspended(named) if _KEEPER else [None] * len(named)


def lifting(*, lot: UUID, unit: UUID, reason: str) -> Writing | None:
    """The operation that lets a lot be used again; None where no stock is kept."""
    return _KEEPER[0].lifting(lot=lot, unit=unit, reason=reason) if _KEEPER else None


def tell(stops: Sequence[Stopped]) -> None:
    """Tell every room that registered; called by the keeper after its commit."""
    for room in sorted(_HEARERS):
        _HEARERS[room](stops)
