"""The register of doses."""

from tuyen.apps.immunization.models.aefi import (
    AdverseEvent,
    AefiStep,
    LotHold,
)
from tuyen.apps.immunization.models.certificates import Certificate
from tuyen.apps.immunization.models.concerns import DoseConcern
from tuyen.apps.immunization.models.doses import Dose, DoseStep
from tuyen.apps.immunization.models.packs import PackActivation
from tuyen.apps.immunization.models.sessions import (
    CampaignDay,
    ExpectedAt,
    Screening,
    Session,
    SessionVials,
    Visit,
)
from tuyen.apps.immunization.models.standing import Child, Status

__all__ = [
    "AdverseEvent",
    "AefiStep",
    "CampaignDay",
    "Certificate",
    "Child",
    "Dose",
    "DoseConcern",
    "DoseStep",
    "ExpectedAt",
    "LotHold",
    "PackActivation",
    "Screening",
    "Session",
    "SessionVials",
    "Status",
    "Visit",
]
