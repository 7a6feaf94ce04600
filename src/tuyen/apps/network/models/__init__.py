"""What the network keeps: reviews and photographs of sites, plans, checks of the switch, surfaces, rounds."""

from tuyen.apps.network.models.outreach import (
    OutreachPlan,
    OutreachTeam,
    PointStatement,
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
    "PointStatement",
    "SitePhotograph",
    "SiteReview",
    "TravelSurface",
    "VillageNeed",
]
