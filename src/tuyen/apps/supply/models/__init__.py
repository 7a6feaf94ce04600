"""The tables of the stock, of what is dispensed from it, and of the cold chain."""

from tuyen.apps.supply.models.cold import Equipment, Excursion, Exposure, Reading, Servicing
from tuyen.apps.supply.models.dispensing import (
    ControlledCount,
    ControlledLine,
    DispensedLot,
    Dispensing,
    Prescription,
    Shortfall,
)
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
    "ControlledCount",
    "ControlledLine",
    "DispensedLot",
    "Dispensing",
    "Equipment",
    "Excursion",
    "Exposure",
    "Finding",
    "Level",
    "Lot",
    "Movement",
    "Photograph",
    "Prescription",
    "Reading",
    "Servicing",
    "SessionUse",
    "Shortfall",
    "Supervision",
    "SupervisionItem",
    "Transfer",
    "TransferLine",
    "VialMonitor",
]
