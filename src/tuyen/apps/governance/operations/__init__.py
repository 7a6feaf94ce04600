"""What can be done in governance: capital projects, their money, the use of equipment."""

from tuyen.apps.governance.operations.projects import (
    AdjustDisbursement,
    AmendProject,
    ApproveProject,
    CloseProject,
    Disburse,
    Funding,
    LineLevel,
    NoteProgress,
    NoteUse,
    Phase,
    Planned,
    ProjectPlan,
    ProposeProject,
    SiteLevels,
    TurnDownProject,
    Work,
)

__all__ = [
    "AdjustDisbursement",
    "AmendProject",
    "ApproveProject",
    "CloseProject",
    "Disburse",
    "Funding",
    "LineLevel",
    "NoteProgress",
    "NoteUse",
    "Phase",
    "Planned",
    "ProjectPlan",
    "ProposeProject",
    "SiteLevels",
    "TurnDownProject",
    "Work",
]
