"""The tables of the record of care."""

from tuyen.apps.clinical.models.closings import MonthClosing
from tuyen.apps.clinical.models.visits import (
    Diagnosis,
    Measurement,
    Practitioner,
    Referral,
    SensitiveContent,
    SensitiveDiagnosis,
    Visit,
    VisitStep,
)

__all__ = [
    "Diagnosis",
    "Measurement",
    "MonthClosing",
    "Practitioner",
    "Referral",
    "SensitiveContent",
    "SensitiveDiagnosis",
    "Visit",
    "VisitStep",
]
