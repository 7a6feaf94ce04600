"""What can be done with the record of care."""

from tuyen.apps.clinical.operations.closings import CloseMonth
from tuyen.apps.clinical.operations.visits import (
    AmendVisit,
    Answered,
    Content,
    Diagnosed,
    Dispensed,
    Measured,
    NextVisit,
    Prescribed,
    RecordVisit,
    Referred,
    ReturnReferral,
    Served,
    SetPractitioner,
    VoidVisit,
)

__all__ = [
    "AmendVisit",
    "Answered",
    "CloseMonth",
    "Content",
    "Diagnosed",
    "Dispensed",
    "Measured",
    "NextVisit",
    "Prescribed",
    "RecordVisit",
    "Referred",
    "ReturnReferral",
    "Served",
    "SetPractitioner",
    "VoidVisit",
]
