"""What the network keeps: reviews of sites, photographs of them, plans, checks of the switch."""

from tuyen.apps.network.models.plans import CutoverCheck, NetworkPlan
from tuyen.apps.network.models.reviews import SitePhotograph, SiteReview

__all__ = ["CutoverCheck", "NetworkPlan", "SitePhotograph", "SiteReview"]
