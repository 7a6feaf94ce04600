"""What can be done to the journal itself: very little, and in the open."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from tuyen.kernel.operation import Payload, operation


@operation("journal.withdraw_refused", version=1, right="journal.refused.repair")
class WithdrawRefused(Payload, frozen=True):
    """Close a refused operation that will not be repaired. It stays in the journal."""

    refused: UUID
    reason: Annotated[str, Meta(min_length=3, max_length=300)]


@operation("journal.declare_restored", version=1, right="journal.verify")
class DeclareRestored(Payload, frozen=True):
    """The store was restored from a backup: what came after ``position`` in the former epoch is
    not in it. The program itself writes this, as the first entry of the new epoch."""

    backup: Annotated[str, Meta(min_length=1, max_length=200)]
    made_at: datetime
    position: Annotated[int, Meta(ge=0, le=2**62)]
    former_epoch: UUID
    epoch: UUID


@operation("journal.declare_drill", version=1, right="journal.verify")
class DeclareDrill(Payload, frozen=True):
    """From here on this store is the drill ``drill``: a walled copy, whose entries carry its mark.
    The program itself writes this, as the first entry of the drill."""

    drill: UUID
    scenario: Annotated[str, Meta(min_length=1, max_length=60)]
    position: Annotated[int, Meta(ge=0, le=2**62)]
    former_epoch: UUID
    epoch: UUID
