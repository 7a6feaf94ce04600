"""Which vials were somewhere at a time, and where they are now.

The ledger does not tell vials of one lot apart. What was exposed is therefore taken to leave first:
whatever left the place, up to the number that was exposed, is counted as exposed where it went. No
vial that was exposed is missed on its way, and their number stays what it was.
"""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import NamedTuple


class Moved(NamedTuple):
    """So many vials of a lot from an account to an account, at a moment (minutes)."""

    at: float
    lot: Hashable
    vials: int
    source: Hashable
    target: Hashable


Held = dict[tuple[Hashable, Hashable], int]
"""(account, lot) -> vials."""


def traced(
    moved: Sequence[Moved], accounts: frozenset[Hashable], since: float, until: float
) -> Held:
    """(account, lot) -> how many of the vials that stood in ``accounts`` then are there now.

    Parameters
    ----------
    moved
        Every movement of the lots, in order of time.
    accounts
        Where the excursion was: what lay there at ``since``, and all that came in until ``until``.
    """
    held: Held = defaultdict(int)
    exposed: Held = defaultdict(int)
    began = False
    for one in moved:
        if one.at > since and not began:
            began = True
            _expose(held, exposed, accounts)
        source, target = (one.source, one.lot), (one.target, one.lot)
        hot = min(one.vials, exposed[source])
        # All that comes in while it lasts is exposed from then on.
        comes_in = began and one.at <= until and one.target in accounts
        came = one.vials if comes_in else hot
        exposed[source] -= hot
        exposed[target] += came
        held[source] -= one.vials
        held[target] += one.vials
    if not began:
        _expose(held, exposed, accounts)
    return {key: vials for key, vials in exposed.items() if vials > 0}


def _expose(held: Held, exposed: Held, accounts: frozenset[Hashable]) -> None:
    for (account, lot), vials in held.items():
        if account in accounts and vials > 0:
            exposed[account, lot] = vials
