"""What the network keeps: reviews of sites, photographs of them."""

from tuyen.apps.network.models.reviews import SitePhotograph, SiteReview

__all__ = ["SitePhotograph", "SiteReview"]
