"""What can be done with the network of stations."""

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

__all__ = [
    "AmendReview",
    "AttachSitePhotograph",
    "Condition",
    "Found",
    "NationalPoints",
    "ReviewSite",
    "Staffed",
    "Stated",
    "VoidReview",
]
