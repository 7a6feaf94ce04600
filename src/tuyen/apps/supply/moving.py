"""Fridges with what is in them, and what is on the way, go on with the unit that stands for theirs.

Vials of which nobody said in which fridge they lie stay with the unit that ended, in sight of its
successor, until they are sent over and counted: nobody moved them. Nothing is written here: see
:mod:`tuyen.kernel.reorganising`.
"""

from collections.abc import Iterator

from tuyen.apps.supply.models import Balance, Equipment, Excursion, Transfer
from tuyen.kernel.reorganising import Change, Edit, moves


@moves("supply")
def move_stock(change: Change) -> Iterator[Edit]:
    """Four queries, whatever their number. The ledger stays as it is: a holder is a holder."""
    heirs = {unit: heir for unit, heir in change.heirs.items() if heir is not None}
    pieces = list(Equipment.objects.filter(unit_id__in=heirs).order_by("pk"))
    for piece in pieces:
        yield Edit(piece, {"unit_id": heirs[piece.unit_id]})
    inside = {piece.pk: heirs[piece.unit_id] for piece in pieces}
    for balance in Balance.objects.filter(holder_id__in=inside).order_by("pk"):
        yield Edit(balance, {"unit_id": inside[balance.holder_id]})
    for transfer in Transfer.objects.filter(to_unit_id__in=heirs, state="sent").order_by("pk"):
        yield Edit(transfer, {"to_unit_id": heirs[transfer.to_unit_id]})
    for excursion in Excursion.objects.filter(unit_id__in=heirs, state="open").order_by("pk"):
        yield Edit(excursion, {"unit_id": heirs[excursion.unit_id]})
