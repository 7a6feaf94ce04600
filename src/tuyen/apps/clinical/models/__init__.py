"""The tables of the record of care."""

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
    "Practitioner",
    "Referral",
    "SensitiveContent",
    "SensitiveDiagnosis",
    "Visit",
    "VisitStep",
]
