"""What can be done with the network of stations."""

from tuyen.apps.network.operations.plans import (
    Answer,
    ChangePlan,
    CheckCutover,
    DiscardPlan,
    DraftPlan,
    MergedCommune,
    Move,
    PutPlanForward,
    SettleMoves,
    SiteChoice,
)
from tuyen.apps.network.operations.reviews import (
    AmendReview,
    AttachSitePhotograph,
    Condition,
    Found,
    NationalPoints,
    ReviewSite,
    Staffed,
    Stated,
    VoidReview,
)
from tuyen.apps.network.operations.surfaces import LoadSurface, SurfaceFile, WithdrawSurface
from tuyen.apps.network.operations.wishes import FundMoney, Pin, Wishes

__all__ = [
    "AmendReview",
    "Answer",
    "AttachSitePhotograph",
    "ChangePlan",
    "CheckCutover",
    "Condition",
    "DiscardPlan",
    "DraftPlan",
    "Found",
    "FundMoney",
    "LoadSurface",
    "MergedCommune",
    "Move",
    "NationalPoints",
    "Pin",
    "PutPlanForward",
    "ReviewSite",
    "SettleMoves",
    "SiteChoice",
    "Staffed",
    "Stated",
    "SurfaceFile",
    "VoidReview",
    "Wishes",
    "WithdrawSurface",
]
