"""What can be done with claims."""

from tuyen.apps.claims.operations.answers import Answer, ImportAnswers
from tuyen.apps.claims.operations.cards import CardTry, RecordCards
from tuyen.apps.claims.operations.catalogues import Line, SetCatalogue, SetPatient
from tuyen.apps.claims.operations.claims import (
    ApproveClaims,
    Change,
    CorrectClaim,
    PrepareClaims,
    RepeatCheckIn,
)
from tuyen.apps.claims.operations.machine import (
    Checked,
    Found,
    KeepCheckIn,
    KeepFile,
    Lacking,
    RecordAttempt,
    RecordCheck,
)

__all__ = [
    "Answer",
    "ApproveClaims",
    "CardTry",
    "Change",
    "Checked",
    "CorrectClaim",
    "Found",
    "ImportAnswers",
    "KeepCheckIn",
    "KeepFile",
    "Lacking",
    "Line",
    "PrepareClaims",
    "RecordAttempt",
    "RecordCards",
    "RecordCheck",
    "RepeatCheckIn",
    "SetCatalogue",
    "SetPatient",
]
