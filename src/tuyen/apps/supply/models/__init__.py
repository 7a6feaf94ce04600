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

__all__ = [
    "Balance",
    "Equipment",
    "Excursion",
    "Exposure",
    "Level",
    "Lot",
    "Movement",
    "Reading",
    "Servicing",
    "SessionUse",
    "Transfer",
    "TransferLine",
    "VialMonitor",
]
