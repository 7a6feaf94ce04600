"""How a lot is known: one identity for one number of one item, wherever it is written."""

import unicodedata
from uuid import UUID

from tuyen.kernel.ids import NODE, derived_id


def lot_key(number: str) -> str:
    """A lot's number without spaces, in capitals: as it is compared."""
    plain = unicodedata.normalize("NFKC", number)
    return "".join(plain.split()).upper()[:40]


def lot_id(item: str, number: str) -> UUID:
    """The id of a lot: the same at every unit that receives it.

    >>> lot_id("mr-10", "a 12") == lot_id("mr-10", "A12")
    True
    """
    return derived_id(NODE, "supply.lot", item, lot_key(number))
