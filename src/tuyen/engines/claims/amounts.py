"""Money of lines and of the visit: what a line comes to, who pays it, and the sums. Decimal only."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from tuyen.engines.claims.entitlement import HUNDRED, NOTHING, shares, shares_for_patient
from tuyen.engines.claims.reader import Row
from tuyen.engines.claims.values import half_up, number
from tuyen.engines.claims.writer import text_of

OTHER_PAYERS = ("NSNN", "VTNN", "VTTN", "CL")
"""The state's budget, foreign aid, aid from within the country, others."""


class Line(NamedTuple):
    """What a line comes to in VND, and the part of it in scope; ``rate`` in percent. Blank where no
    price is known: then no money is told."""

    amount: Decimal
    in_scope: Decimal
    rate: Decimal
    known: bool

    def cells(self, level: Decimal, donor: Decimal, payer: str, order: Sequence[str]) -> Row:
        """The amounts of the line, at a benefit level in percent and with another payer's part, taken off
        the shares in ``order``."""
        if not self.known:
            return {"MUC_HUONG": text_of("percent", level)}
        split = (
            shares_for_patient(self.amount, self.in_scope, level, donor, order)
            if donor
            else shares(self.amount, self.in_scope, level)
        )
        others = {f"T_NGUONKHAC_{name}": donor if name == payer else NOTHING for name in OTHER_PAYERS}  # fmt: skip
        money = {
            "THANH_TIEN_BV": self.amount, "THANH_TIEN_BH": self.in_scope, **others,
            "T_NGUONKHAC": donor, "T_BNTT": split.outside, "T_BNCCT": split.copay,
            "T_BHTT": split.fund,
        }  # fmt: skip
        told = {name: text_of("money", value) for name, value in money.items()}
        return told | {"MUC_HUONG": text_of("percent", level)}


def priced(
    quantity: Decimal,
    price: str,
    insurance_price: str,
    *,
    rate: str = "100",
    service_rate: str = "100",
    inside: bool = True,
) -> Line:
    """A line's amounts from prices as a catalogue writes them; nothing is in scope if not ``inside``.

    >>> priced(Decimal(60), "525", "525", rate="80").in_scope
    Decimal('25200.00')
    """
    paid, insured = number(price), number(insurance_price)
    part = number(rate)
    done = number(service_rate)
    if paid is None or insured is None or part is None or done is None:
        return Line(NOTHING, NOTHING, part if inside and part is not None else NOTHING, False)
    part = part if inside else NOTHING
    amount = half_up(quantity * paid * done / HUNDRED)
    return Line(amount, half_up(quantity * insured * done / HUNDRED * part / HUNDRED), part, True)


def totals(second: Sequence[Row], third: Sequence[Row]) -> Row:
    """The sums of table 1 from the lines of tables 2 and 3."""
    lines = [*second, *third]
    sums = {
        "T_THUOC": _sum(second, "THANH_TIEN_BV"),
        "T_VTYT": _sum((row for row in third if row.get("MA_VAT_TU")), "THANH_TIEN_BV"),
        "T_TONGCHI_BV": _sum(lines, "THANH_TIEN_BV"),
        "T_TONGCHI_BH": _sum(lines, "THANH_TIEN_BH"),
        "T_BNTT": _sum(lines, "T_BNTT"),
        "T_BNCCT": _sum(lines, "T_BNCCT"),
        "T_BHTT": _sum(lines, "T_BHTT"),
        "T_NGUONKHAC": _sum(lines, "T_NGUONKHAC"),
        "T_BHTT_GDV": _sum((row for row in lines if row.get("MA_PTTT") == "1"), "T_BHTT"),
    }
    return {name: text_of("money", value) for name, value in sums.items()}


def _sum(rows: Iterable[Row], name: str) -> Decimal:
    return sum((number(row.get(name, "")) or NOTHING for row in rows), NOTHING)
