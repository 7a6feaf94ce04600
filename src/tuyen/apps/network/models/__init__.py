"""What the network keeps: reviews and photographs of sites, plans, checks of the switch, surfaces, rounds."""

from tuyen.apps.network.models.outreach import (
    OutreachPlan,
    OutreachTeam,
    PointMonth,
    PointStatement,
    RoundsSearch,
    VillageNeed,
)
from tuyen.apps.network.models.plans import CutoverCheck, NetworkPlan
from tuyen.apps.network.models.reviews import SitePhotograph, SiteReview
from tuyen.apps.network.models.surfaces import TravelSurface

__all__ = [
    "CutoverCheck",
    "NetworkPlan",
    "OutreachPlan",
    "OutreachTeam",
    "PointMonth",
    "PointStatement",
    "RoundsSearch",
    "SitePhotograph",
    "SiteReview",
    "TravelSurface",
    "VillageNeed",
]
