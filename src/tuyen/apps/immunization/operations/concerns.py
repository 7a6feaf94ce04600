"""What can be done about a dose that was given against the rules."""

from uuid import UUID

from tuyen.apps.immunization.operations.words import Reason
from tuyen.kernel.operation import Payload, operation


@operation("immunization.answer_concern", version=1, right="immunization.dose.record")
class AnswerConcern(Payload, frozen=True, kw_only=True):
    """Write down what was done about something that speaks against a dose: ``done`` ends it."""

    concern: UUID
    done: Reason
