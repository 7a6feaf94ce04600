"""What is asked of the stock and the cold chain. For neighbours:

- ``usable_lots(by=, unit=, on=, vaccine="")``: lots a unit may use on a day, first expired first;
- ``proposal(by=, unit=, item=, vials=, on=)``: which vials to take for so many;
- ``session_use(by=, session=)``: what a session took, gave back, opened, wasted;
- ``stock(by=, on=, unit=None, item="")``: what lies where, item by item;
- ``lot(by=, id=, on=)``: a lot with its whole journey;
- ``on_hand(by=, unit=, items=, on=)``: what can be handed out of each item, first expired first;
- ``dispensed(by=, visits=)``: what was handed out for visits, in them and later, with the lots;
- ``to_dispense(by=, unit=, first=, last=)``: what was prescribed and waits to be handed out;
- ``availability(by=, programme=, first=, last=)``: on which days a programme's medicines were there;
- ``pieces(by=, on=)``, ``checked(by=, on=, items=)``: equipment in use, and what supervision found;
- ``medicines(by=, unit=, on=)``, ``tracers(by=, on=)``, ``shortfalls(by=, on=)``: how they stand.

Rooms beside this one may not import it: they ask :mod:`tuyen.kernel.stocking`.
"""

from tuyen.apps.supply.queries.availability import AvailabilityRow, availability, core_medicines
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
from tuyen.apps.supply.queries.controlled import (
    CountRow,
    RegisterPage,
    RegisterRow,
    counts,
    register,
)
from tuyen.apps.supply.queries.dispensing import (
    DispensedLine,
    HeldPiece,
    OnHand,
    Out,
    ShortRow,
    WaitingLine,
    dispensed,
    kept_items,
    on_hand,
    shortfalls,
    to_dispense,
)
from tuyen.apps.supply.queries.equipping import FloorRow, PieceRow, floor, pieces
from tuyen.apps.supply.queries.medicines import (
    MedicineRow,
    TracerRow,
    held_of,
    medicines,
    tracers,
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
from tuyen.apps.supply.queries.supervision import (
    ANSWER,
    SUPERVISE,
    SUPERVISION,
    FindingRow,
    ItemRow,
    SiteRow,
    VisitPage,
    VisitRow,
    checked,
    findings,
    photograph,
    sites,
    supervision,
    supervision_facts,
    supervisions,
)

__all__ = [
    "ANSWER",
    "COLD",
    "COUNT",
    "DECIDE",
    "EQUIPMENT",
    "LOG",
    "MOVE",
    "READ",
    "SUPERVISE",
    "SUPERVISION",
    "SUSPEND",
    "AvailabilityRow",
    "CountRow",
    "DispensedLine",
    "EquipmentRow",
    "ExcursionPage",
    "ExcursionRow",
    "ExposureRow",
    "FindingRow",
    "FloorRow",
    "Grid",
    "HeldLot",
    "HeldPiece",
    "ItemRow",
    "JourneyRow",
    "LotPage",
    "MedicineRow",
    "NeedRow",
    "OnHand",
    "OrderRow",
    "Out",
    "PieceRow",
    "Recount",
    "RegisterPage",
    "RegisterRow",
    "ShortRow",
    "SiteRow",
    "StockRow",
    "TracerRow",
    "TransferRow",
    "Unbalanced",
    "VisitPage",
    "VisitRow",
    "WaitingLine",
    "availability",
    "checked",
    "core_medicines",
    "counts",
    "dispensed",
    "equipment",
    "excursion",
    "excursions",
    "expiries",
    "find_lot",
    "findings",
    "floor",
    "grid",
    "held_of",
    "kept_items",
    "lot",
    "lots_at",
    "medicines",
    "needs",
    "on_hand",
    "orders",
    "photograph",
    "piece",
    "pieces",
    "promised",
    "proposal",
    "readings",
    "recount",
    "register",
    "servicings",
    "session_use",
    "shortfalls",
    "sites",
    "stock",
    "supervision",
    "supervision_facts",
    "supervisions",
    "to_dispense",
    "tracers",
    "transfer",
    "transfers",
    "usable_lots",
]
