"""What can be asked of published figures."""

from tuyen.apps.indicators.queries.comparing import Compared, comparison, projection
from tuyen.apps.indicators.queries.published import (
    READ,
    FigureCard,
    FigureRow,
    Page,
    figure,
    figures,
)
from tuyen.apps.indicators.queries.releases import (
    Draft,
    ReleaseRow,
    Releases,
    Wish,
    draft,
    release,
    releases,
)

__all__ = [
    "READ",
    "Compared",
    "Draft",
    "FigureCard",
    "FigureRow",
    "Page",
    "ReleaseRow",
    "Releases",
    "Wish",
    "comparison",
    "draft",
    "figure",
    "figures",
    "projection",
    "release",
    "releases",
]
