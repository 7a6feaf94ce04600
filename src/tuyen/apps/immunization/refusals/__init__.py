"""Why something is not done in the register of doses."""

from tuyen.apps.immunization.refusals.doses import (
    AfterDeath,
    BeforeBirth,
    ChangedMeanwhile,
    DoseIsVoid,
    InTheFuture,
    KeepsAnother,
    LotSuspended,
    NoDuplicate,
    NothingChanges,
    NotScreened,
    ReasonNeeded,
    TimesOutOfOrder,
    UnknownDose,
    UnknownFacility,
    UnknownPerson,
    UnknownProduct,
    UnknownUnit,
    UnknownVaccine,
)

__all__ = [
    "AfterDeath", "BeforeBirth", "ChangedMeanwhile", "DoseIsVoid", "InTheFuture", "KeepsAnother",
    "LotSuspended", "NoDuplicate", "NotScreened", "NothingChanges", "ReasonNeeded",
    "TimesOutOfOrder", "UnknownDose", "UnknownFacility", "UnknownPerson", "UnknownProduct",
    "UnknownUnit", "UnknownVaccine",
]  # fmt: skip
