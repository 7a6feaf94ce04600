"""What can be done to the journal itself: very little, and in the open."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from tuyen.kernel.operation import Payload, operation


@operation("journal.withdraw_refused", version=1, right="journal.refused.repair")
class WithdrawRefused(Payload, frozen=True):
    """Close a refused operation that will not be repaired. It stays in the journal."""

    refused: UUID
    reason: Annotated[str, Meta(min_length=3, max_length=300)]
