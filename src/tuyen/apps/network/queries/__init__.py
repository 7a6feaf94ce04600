"""What is asked of the network of stations.

- ``network(by=, on=, weights=)``: every site with its five criteria and its place in the commune;
- ``site(by=, unit=, on=)``: one with its reviews and rivals;
- ``site_photograph(by=, id=)``.
"""

from tuyen.apps.network.queries.scoring import Score
from tuyen.apps.network.queries.sites import (
    READ,
    REVIEW,
    Network,
    ReviewRow,
    SitePage,
    SiteRow,
    network,
    site,
    site_photograph,
)

__all__ = [
    "READ",
    "REVIEW",
    "Network",
    "ReviewRow",
    "Score",
    "SitePage",
    "SiteRow",
    "network",
    "site",
    "site_photograph",
]
