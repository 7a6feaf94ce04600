"""The register of doses."""

from tuyen.apps.immunization.models.doses import Dose
from tuyen.apps.immunization.models.standing import Child, Status

__all__ = ["Child", "Dose", "Status"]
