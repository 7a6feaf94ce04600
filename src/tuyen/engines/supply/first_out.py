"""First expired, first out: which vials are proposed for so many that are needed."""

from collections.abc import Hashable, Sequence
from datetime import date
from typing import NamedTuple


class Shelf(NamedTuple):
    """Vials of a lot in one place. ``opened`` vials go before closed ones."""

    lot: Hashable
    held_in: Hashable
    expires_on: date
    vials: int
    stage: int = 1
    opened: bool = False


def order(shelf: Shelf) -> tuple[object, ...]:
    """What goes first: opened vials, then a monitor in stage 2, then the earliest expiry."""
    return (not shelf.opened, -shelf.stage, shelf.expires_on, str(shelf.lot), str(shelf.held_in))


def propose(shelves: Sequence[Shelf], vials: int, on: date) -> tuple[list[tuple[Shelf, int]], int]:
    """Which vials to take for ``vials`` that are needed, and how many are lacking.

    Vials past their day, or with a monitor at stage 3 or 4, are never proposed.
    """
    taken: list[tuple[Shelf, int]] = []
    for shelf in sorted(shelves, key=order):
        if vials <= 0:
            break
        if shelf.expires_on < on or shelf.stage >= 3 or shelf.vials <= 0:
            continue
        many = min(vials, shelf.vials)
        taken.append((shelf, many))
        vials -= many
    return taken, vials
