"""What governance keeps: projects, their versions, progress and payments; the use of equipment."""

from tuyen.apps.governance.models.projects import (
    Disbursement,
    EquipmentUse,
    Progress,
    Project,
    ProjectVersion,
)

__all__ = ["Disbursement", "EquipmentUse", "Progress", "Project", "ProjectVersion"]
