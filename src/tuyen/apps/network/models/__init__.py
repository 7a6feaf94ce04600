"""What the network keeps: reviews of sites, photographs of them, plans, checks of the switch, surfaces."""

from tuyen.apps.network.models.plans import CutoverCheck, NetworkPlan
from tuyen.apps.network.models.reviews import SitePhotograph, SiteReview
from tuyen.apps.network.models.surfaces import TravelSurface

__all__ = ["CutoverCheck", "NetworkPlan", "SitePhotograph", "SiteReview", "TravelSurface"]
