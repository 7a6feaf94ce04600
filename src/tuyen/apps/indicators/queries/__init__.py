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

__all__ = [
    "READ",
    "Compared",
    "FigureCard",
    "FigureRow",
    "Page",
    "comparison",
    "figure",
    "figures",
    "projection",
]
