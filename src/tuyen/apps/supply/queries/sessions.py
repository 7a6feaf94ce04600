"""What sessions took and gave back."""

from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.supply.models import Lot, SessionUse
from tuyen.apps.supply.queries.stock import READ
from tuyen.kernel.stocking import Taken


def session_use(*, by: Actor, session: UUID) -> list[Taken]:
    """What a session of the reader's units took, gave back and used, lot by lot. Two queries."""
    scope = policies.scope(by, READ)
    rows = list(SessionUse.objects.filter(scope.where("unit_id"), session_id=session))
    lots = {row.pk: row for row in Lot.objects.filter(pk__among={row.lot_id for row in rows})}
    found = [
        Taken(
            row.lot_id, lots[row.lot_id].item, lots[row.lot_id].vaccine, lots[row.lot_id].number,
            lots[row.lot_id].doses, row.taken, row.returned, row.opened, row.kept_open,
            row.discarded, row.given, row.closed,
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.item, one.number))
