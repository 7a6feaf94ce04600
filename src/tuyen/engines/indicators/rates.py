"""Shares of a whole and rates per so many people."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

from tuyen.kernel.refusal import BadInput


def shares(parts: Sequence[Decimal | int], digits: int | None = None) -> list[Decimal]:
    """Each part as a percentage of their sum.

    With ``digits``, rounded so that the percentages still add up to 100 exactly, by the largest
    remainder (Hamilton 1792; Balinski and Young, Fair Representation, 1982): every share is its
    floor or one step above. Ties go to the earlier part.

    Raises
    ------
    BadInput
        If a part is negative, or all are zero: there is no whole to have a share of.

    Examples
    --------
    >>> [str(share) for share in shares([42, 287, 1594, 1704], digits=3)]
    ['1.158', '7.913', '43.948', '46.981']
    """
    whole = sum((Decimal(part) for part in parts), Decimal(0))
    if any(part < 0 for part in parts):
        raise BadInput(what=f"A part of a whole cannot be negative: {min(parts)}.")
    if whole == 0:
        raise BadInput(what="The parts add up to zero, so none of them has a share.")
    exact = [Decimal(part) * 100 / whole for part in parts]
    if digits is None:
        return exact
    step = Decimal(1).scaleb(-digits)
    floors = [share.quantize(step, ROUND_FLOOR) for share in exact]
    missing = int((100 - sum(floors)) / step)
    rest = sorted(range(len(exact)), key=lambda i: (floors[i] - exact[i], i))
    for i in rest[:missing]:
        floors[i] += step
    return floors


def rate(
    numerator: Decimal | int, denominator: Decimal | int, per: Decimal | int = 10_000
) -> Decimal | None:
    """``numerator`` per so many of ``denominator``; None where the denominator is zero.

    ``per`` is 100 for a percentage.

    Raises
    ------
    BadInput
        If either is negative.

    Examples
    --------
    >>> round(rate(631, 481_300), 2)
    Decimal('13.11')
    """
    if numerator < 0 or denominator < 0:
        raise BadInput(what=f"A rate has no negative part: {numerator} of {denominator}.")
    return Decimal(numerator) * per / Decimal(denominator) if denominator else None


def agrees(value: Decimal, numerator: Decimal, denominator: Decimal, per: Decimal | int) -> bool:
    """Whether a published rate is what its parts give, at the precision it was published in.

    Rounding and cutting off are both met in print, so it may differ by less than one unit of its
    last digit: 95.2 and 95.3 both agree with 95.26.
    """
    made = rate(numerator, denominator, per)
    exponent = value.as_tuple().exponent
    last = Decimal(1).scaleb(min(0, exponent)) if isinstance(exponent, int) else Decimal(0)
    return made is not None and abs(made - value) < last
