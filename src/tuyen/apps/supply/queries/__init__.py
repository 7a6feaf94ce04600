"""What is asked of the stock and the cold chain. For neighbours:

- ``usable_lots(by=, unit=, on=, vaccine="")``: lots a unit may use on a day, first expired first;
- ``proposal(by=, unit=, item=, vials=, on=)``: which vials to take for so many;
- ``session_use(by=, session=)``: what a session took, gave back, opened, wasted;
- ``stock(by=, on=, unit=None, item="")``: what lies where, item by item;
- ``lot(by=, id=, on=)``: a lot with its whole journey.

Rooms beside this one may not import it: they ask :mod:`tuyen.kernel.stocking`.
"""

from tuyen.apps.supply.queries.balancing import Recount, Unbalanced, recount
from tuyen.apps.supply.queries.cold import (
    COLD,
    EquipmentRow,
    ExcursionPage,
    ExcursionRow,
    ExposureRow,
    Grid,
    equipment,
    excursion,
    excursions,
    grid,
    piece,
    readings,
    servicings,
)
from tuyen.apps.supply.queries.movements import (
    JourneyRow,
    LotPage,
    TransferRow,
    lot,
    transfer,
    transfers,
)
from tuyen.apps.supply.queries.planning import NeedRow, OrderRow, needs, orders
from tuyen.apps.supply.queries.sessions import session_use
from tuyen.apps.supply.queries.stock import (
    COUNT,
    DECIDE,
    EQUIPMENT,
    LOG,
    MOVE,
    READ,
    SUSPEND,
    HeldLot,
    StockRow,
    expiries,
    find_lot,
    lots_at,
    promised,
    proposal,
    stock,
    usable_lots,
)

__all__ = [
    "COLD",
    "COUNT",
    "DECIDE",
    "EQUIPMENT",
    "LOG",
    "MOVE",
    "READ",
    "SUSPEND",
    "EquipmentRow",
    "ExcursionPage",
    "ExcursionRow",
    "ExposureRow",
    "Grid",
    "HeldLot",
    "JourneyRow",
    "LotPage",
    "NeedRow",
    "OrderRow",
    "Recount",
    "StockRow",
    "TransferRow",
    "Unbalanced",
    "equipment",
    "excursion",
    "excursions",
    "expiries",
    "find_lot",
    "grid",
    "lot",
    "lots_at",
    "needs",
    "orders",
    "piece",
    "promised",
    "proposal",
    "readings",
    "recount",
    "servicings",
    "session_use",
    "stock",
    "transfer",
    "transfers",
    "usable_lots",
]
