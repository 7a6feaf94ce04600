"""What the insurer answers: refusals matched to what was sent, the correction, what it costs.

A refusal names a visit and, mostly, a cell. It is matched to the bytes that were sent, not to the
record as it stands: the visit may have been amended since, and the answer then speaks of the past.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, Protocol

from tuyen.engines.claims.reader import Row, Visit
from tuyen.engines.claims.values import number

LINES = ("XML2", "XML3")
"""Tables whose rows carry money."""


class WorkingDays(Protocol):
    """The ``count``-th working day after ``day``; see ``rules.calendar.working_days``."""

    def __call__(self, day: date, count: int) -> date: ...


class Denial(NamedTuple):
    """One refusal. ``row`` counts from 1, 0 where the whole table or visit is meant; ``amount`` in
    VND, None where the insurer gives none. ``reason`` is the insurer's code."""

    key: str
    facility: str
    table: str
    row: int
    field: str
    reason: str
    amount: Decimal | None = None


class Sent(NamedTuple):
    """A visit as it was sent. ``current`` is whether the record still says the same."""

    visit: Visit
    current: bool = True


class Match(NamedTuple):
    """A refusal and what it is about. ``status``: line, visit, amended (the record has changed since
    it was sent), no-row (the visit is known, the row is not), unknown (nothing such was sent)."""

    denial: Denial
    status: str
    row: Row | None
    at_risk: Decimal


class Share(NamedTuple):
    """A reason's refusals, their money in VND, and the part of all money up to here."""

    reason: str
    refusals: int
    amount: Decimal
    running: Decimal


def match(denials: Iterable[Denial], sent: Mapping[str, Sent]) -> list[Match]:
    """Each refusal with the row it speaks of and the money at risk, VND.

    ``sent`` is by link key. The money is what the insurer says; where it says none, what the fund was
    to pay for the line, or for the whole visit; nothing for a line that was not sent. A line or visit that is refused twice is at risk once:
    the first refusal of it carries the money.
    """
    told: set[tuple[str, str, int]] = set()
    matches = []
    for denial in denials:
        held = sent.get(denial.key)
        if held is None or (
            denial.facility and held.visit.header().get("MA_CSKCB", "") != denial.facility
        ):
            matches.append(Match(denial, "unknown", None, Decimal(0)))
            continue
        rows = held.visit.tables.get(denial.table, [])
        row = rows[denial.row - 1] if 0 < denial.row <= len(rows) else None
        status = "visit" if not denial.row else "no-row" if row is None else "line"
        of_line = denial.table in LINES and status != "visit"
        place = (denial.key, denial.table, denial.row) if of_line else (denial.key, "", 0)
        money = Decimal(0)
        if place not in told and (denial.key, "", 0) not in told:
            money = _money(denial, row if of_line else held.visit.header())
            told.add(place)
        matches.append(Match(denial, status if held.current else "amended", row, money))
    return matches


def _money(denial: Denial, row: Row | None) -> Decimal:
    if denial.amount is not None:
        return denial.amount
    return number((row or {}).get("T_BHTT", "")) or Decimal(0)


def corrected(
    tables: Mapping[str, Sequence[Row]], changes: Iterable[tuple[str, int, str, str]]
) -> dict[str, list[Row]]:
    """The tables with cells changed, (table, row from 1, field, text); what was sent stays as it is.

    Raises
    ------
    LookupError
        If a change names a row or field that the visit does not have, or would change the link key,
        by which the insurer knows the visit.
    """
    fresh = {table: [dict(row) for row in rows] for table, rows in tables.items()}
    for table, row, field, text in changes:
        rows = fresh.get(table, [])
        if field == "MA_LK":
            raise LookupError("the link key of a visit that was sent does not change")
        if not 0 < row <= len(rows) or field not in rows[row - 1]:
            raise LookupError(f"there is no {table} row {row} with {field}")
        rows[row - 1][field] = text
    return fresh


def pareto(matches: Iterable[Match]) -> list[Share]:
    """Reasons by money, the dearest first; ``running`` is the part of all money up to it, 0 to 1."""
    counts: Counter[str] = Counter()
    money: dict[str, Decimal] = defaultdict(Decimal)
    for found in matches:
        counts[found.denial.reason] += 1
        money[found.denial.reason] += found.at_risk
    whole = sum(money.values(), Decimal(0))
    running = Decimal(0)
    shares = []
    for reason in sorted(counts, key=lambda reason: (-money[reason], -counts[reason], reason)):
        running += money[reason]
        shares.append(
            Share(reason, counts[reason], money[reason], running / whole if whole else Decimal(0))
        )
    return shares


def at_risk(matches: Iterable[Match]) -> dict[str, Decimal]:
    """Money at risk by facility, VND, the most first. A refusal of what was never sent counts nothing."""
    money: dict[str, Decimal] = defaultdict(Decimal)
    for found in matches:
        if found.status != "unknown":
            money[found.denial.facility] += found.at_risk
    return dict(sorted(money.items(), key=lambda item: (-item[1], item[0])))


def send_by(ended: date, days: int, day_of_month: int, after: WorkingDays) -> date:
    """The last day to send a visit: so many working days after its end, and no later than a day of
    the month after, whichever comes first."""
    following = date(ended.year + ended.month // 12, ended.month % 12 + 1, day_of_month)
    return min(after(ended, days), following)


def correct_by(answered: date, days: int, after: WorkingDays) -> date:
    """The last day to send the correction of a refusal."""
    return after(answered, days)


def answer_by(sent: datetime, hours: int) -> datetime:
    """When the portal owes its answer."""
    return sent + timedelta(hours=hours)
