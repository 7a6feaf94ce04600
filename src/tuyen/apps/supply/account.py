"""An account of the ledger: whose vials, in what they are held, in which state."""

from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from tuyen.kernel.ids import derived_id


class Account(NamedTuple):
    """Where vials of a lot are held. The holder is the unit itself, a fridge in it, a session, or a
    transfer that is on the way."""

    unit: UUID
    holder: UUID
    state: str


def shelf(unit: UUID, holder: UUID | None = None, state: str = "usable") -> Account:
    """A shelf of a unit; the unit's own where no fridge is named."""
    return Account(unit, holder or unit, state)


def outside(unit: UUID, state: str) -> Account:
    """Where vials of a unit came from, or went for good."""
    return Account(unit, unit, state)


@lru_cache(maxsize=8192)  # the accounts of a station's shelf are asked for at every visit
def balance_id(account: Account, lot: UUID) -> UUID:
    """The id of the row that says what an account holds of a lot."""
    return derived_id(account.holder, "balance", account.state, lot)
