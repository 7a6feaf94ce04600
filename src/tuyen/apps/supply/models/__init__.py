"""The tables of the stock and of the cold chain."""

from tuyen.apps.supply.models.cold import Equipment, Excursion, Exposure, Reading, Servicing
from tuyen.apps.supply.models.ledger import (
    Balance,
    Level,
    Lot,
    Movement,
    SessionUse,
    Transfer,
    TransferLine,
    VialMonitor,
)
from tuyen.apps.supply.models.supervision import (
    Finding,
    Photograph,
    Supervision,
    SupervisionItem,
)

__all__ = [
    "Balance",
    "Equipment",
    "Excursion",
    "Exposure",
    "Finding",
    "Level",
    "Lot",
    "Movement",
    "Photograph",
    "Reading",
    "Servicing",
    "SessionUse",
    "Supervision",
    "SupervisionItem",
    "Transfer",
    "TransferLine",
    "VialMonitor",
]
