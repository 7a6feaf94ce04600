"""What can be done in the register of doses."""

from tuyen.apps.immunization.operations.doses import (
    AmendDose,
    DoseChanges,
    Follow,
    Given,
    RecordDoses,
    RecordHistory,
    Remembered,
    ResolveDuplicate,
    VoidDose,
)

__all__ = [
    "AmendDose", "DoseChanges", "Follow", "Given", "RecordDoses", "RecordHistory", "Remembered",
    "ResolveDuplicate", "VoidDose",
]  # fmt: skip
