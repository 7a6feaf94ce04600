"""What can be decided about the threshold of a detector."""

from typing import Annotated, Literal

from msgspec import Meta

from tuyen.apps.surveillance.operations.words import Reason, Word
from tuyen.kernel.operation import Payload, operation

Movable = Literal["FAR-FLEX", "EARS-C1", "EARS-C2", "EARS-C3"]
Size = Literal["small", "medium", "large", ""]


@operation("surveillance.set_operating_point", version=1, right="surveillance.threshold.set")
class SetOperatingPoint(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Let a detector ring below another p-value, from the operation's day on.

    It holds for the communes of the operation's unit: all of a province, or those that a regional
    centre guides. The nearer unit, then the named disease, then the named size of commune goes
    before the wider. ``level`` left out gives the decision back to the shipped parameter.
    ``figures`` keeps what the back-test said when it was decided.
    """

    rule: Movable
    disease: Word = ""
    size: Size = ""
    level: Annotated[float, Meta(gt=0, lt=1)] | None = None
    reason: Reason
    figures: dict[Annotated[str, Meta(max_length=30)], float | int | str] = {}
