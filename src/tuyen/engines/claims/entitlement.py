"""What a card gives: the level of a card, the rate of a class of attendance, and who pays a line.

Everything that a law can move is in `Benefits`, taken for one day. Percentages are Decimal.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from tuyen.engines.claims.values import half_up

HUNDRED, NOTHING = Decimal(100), Decimal(0)
INPATIENT = frozenset({"03", "04", "09"})


class AttendanceClass(NamedTuple):
    """A class of attendance. ``basis``: card, scope (100 whatever the card), none (no insurance),
    open (case by case). ``rate`` in percent; None where no act gives one."""

    code: str
    basis: str
    rate: Decimal | None
    inpatient_only: bool = False


class Benefits(NamedTuple):
    """The law of one day. Money in VND; ``levels`` by the third character of the card; ``donor_order``:
    the shares of a line in the order in which a donor of one patient is taken off them."""

    base_salary: Decimal
    small_visit: Decimal
    levels: Mapping[str, Decimal]
    group_levels: Mapping[str, str]
    classes: Mapping[str, AttendanceClass]
    station_dispensing: str
    supply_ceiling: Decimal
    donor_order: tuple[str, ...]

    def threshold(self) -> Decimal:
        """In-scope total of a visit below which the fund pays all of it, VND."""
        return half_up(self.base_salary * self.small_visit / HUNDRED)


class Card(NamedTuple):
    """The parts of a card of 15 characters: group, level, province, insurance number."""

    group: str
    level: str
    province: str
    number: str


def card(code: str) -> Card | None:
    """The parts of a card; None for a text that is not one.

    >>> card("HN2245168866590")
    Card(group='HN', level='2', province='24', number='5168866590')
    """
    rest = code[2:]
    if len(code) != 15 or not code[:2].isalpha() or not code[:2].isupper():
        return None
    if not (rest[:3].isdigit() and (rest[3:].isdigit() or rest[3:5] == "KT")):
        return None
    return Card(code[:2], code[2], code[3:5], code[5:])


def levels_due(
    benefits: Benefits,
    cards: tuple[str, ...],
    attendance: str,
    care_type: str,
    in_scope: Decimal,
    *,
    exempt: bool = False,
    from_above: bool = False,
) -> frozenset[Decimal] | None:
    """The benefit levels that a line may carry, in percent; None where no rule decides.

    ``in_scope`` is the in-scope total of the visit in VND; ``exempt``, that the patient need not pay
    a co-payment any more this year; ``from_above``, that a higher level prescribed the drug.
    """
    rule = benefits.classes.get(attendance)
    if rule is None or (rule.rate is None and rule.basis != "none"):
        return None
    if rule.basis == "none":
        return frozenset({NOTHING}) if rule.rate is not None else None
    if rule.rate is None:
        return None
    known = [parts for parts in map(card, cards) if parts]
    own = {benefits.levels[parts.level] for parts in known if parts.level in benefits.levels}
    if rule.basis == "scope":
        if from_above and benefits.station_dispensing != "class":
            kept = own | ({rule.rate} if benefits.station_dispensing == "either" else set())
            return frozenset(kept | _small(benefits, in_scope)) or None
        return frozenset({rule.rate})
    if not own:
        return None
    if rule.inpatient_only and care_type not in INPATIENT:
        return frozenset({NOTHING})
    due = frozenset(level * rule.rate / HUNDRED for level in own)
    if rule.rate == HUNDRED and in_scope < benefits.threshold():
        return frozenset({HUNDRED})
    if exempt:
        return due | {HUNDRED * rule.rate / HUNDRED}
    return due | (_small(benefits, in_scope) if rule.rate > NOTHING else frozenset())


def _small(benefits: Benefits, in_scope: Decimal) -> frozenset[Decimal]:
    return frozenset({HUNDRED}) if in_scope < benefits.threshold() else frozenset()


class Shares(NamedTuple):
    """Who pays a line, VND: the patient outside the scope, the co-payment, the fund."""

    outside: Decimal
    copay: Decimal
    fund: Decimal


def shares(amount: Decimal, in_scope: Decimal, level: Decimal) -> Shares:
    """A line without another payer: ``amount``, the part of it in scope, the benefit level in percent.

    >>> shares(Decimal("100000"), Decimal("50000"), Decimal(80))
    Shares(outside=Decimal('50000'), copay=Decimal('10000.00'), fund=Decimal('40000.00'))
    """
    fund = half_up(in_scope * level / HUNDRED)
    return Shares(amount - in_scope, in_scope - fund, fund)


def shares_for_patient(
    amount: Decimal, in_scope: Decimal, level: Decimal, donor: Decimal, order: Sequence[str]
) -> Shares:
    """A donor who pays for one patient, taken off the shares in ``order``.

    >>> order = ("outside", "copay", "fund")
    >>> shares_for_patient(Decimal(1000), Decimal(600), Decimal(80), Decimal(450), order)
    Shares(outside=Decimal('0'), copay=Decimal('70.00'), fund=Decimal('480.00'))
    """
    rest, split = donor, shares(amount, in_scope, level)
    for name in order:
        share = getattr(split, name)
        taken = min(share, rest)
        split = split._replace(**{name: share - taken})
        rest -= taken
    return split


def shares_for_facility(
    amount: Decimal, in_scope: Decimal, level: Decimal, donor: Decimal
) -> Shares:
    """A donor of the facility: taken off the amount first, what is left is split as usual.

    The example of QĐ 4750: 10 million at a rate of 50 %, a donor of 3 million, a level of 80 %.

    >>> shares_for_facility(Decimal(10_000_000), Decimal(5_000_000), Decimal(80), Decimal(3_000_000))
    Shares(outside=Decimal('3500000.00'), copay=Decimal('700000.00'), fund=Decimal('2800000.00'))
    """
    if amount == 0:
        return Shares(NOTHING, NOTHING, NOTHING)
    left = max(amount - donor, NOTHING)
    return shares(left, half_up(left * in_scope / amount), level)


def shares_as_written(
    amount: Decimal,
    in_scope: Decimal,
    level: Decimal,
    donor: Decimal,
    written: tuple[Decimal, ...],
    order: Sequence[str],
) -> Shares:
    """The lawful split that lies nearest to what is written, where a donor leaves two ways open."""
    if not donor:
        return shares(amount, in_scope, level)
    ways = (
        shares_for_patient(amount, in_scope, level, donor, order),
        shares_for_facility(amount, in_scope, level, donor),
    )
    return max(ways, key=lambda way: sum(a == b for a, b in zip(way, written, strict=True)))
