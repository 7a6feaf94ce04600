"""What is kept in stock and how: items, temperatures, levels and need, each of a day."""

from tuyen.rules.supply.cohort import doses_per_child
from tuyen.rules.supply.equipment import (
    EquipmentKind,
    check_months,
    cold_kinds,
    equipment_kind,
    equipment_kinds,
)
from tuyen.rules.supply.items import Item, codes_of, immunisation, item, items, nearest
from tuyen.rules.supply.keeping import (
    ColdRule,
    Goods,
    Levels,
    Months,
    Need,
    band,
    believable,
    bridges,
    cold_rules,
    goods,
    levels,
    months,
    need,
)
<<<<<<< HEAD
from tuyen.rules.supply.supervision import (
    CheckItem,
    CheckSection,
    check_items,
    checklist,
    finding_days,
    next_visit,
    photographs,
=======
from tuyen.rules.supply.medicines import (
    Medicine,
    class_name,
    controlled,
    group_name,
    medicine,
    medicines,
    route_name,
    tracers,
    unit_name,
>>>>>>> 64c2090 (Keep medicines and consumables in the ledger of lots: a visit takes what expires first, and what the shelf does not hold is a difference that somebody settles)
)

__all__ = [
    "CheckItem",
    "CheckSection",
    "ColdRule",
    "EquipmentKind",
    "Goods",
    "Item",
    "Levels",
    "Medicine",
    "Months",
    "Need",
    "band",
    "believable",
    "bridges",
<<<<<<< HEAD
    "calibration_months",
    "check_items",
    "checklist",
=======
    "check_months",
    "class_name",
>>>>>>> 64c2090 (Keep medicines and consumables in the ledger of lots: a visit takes what expires first, and what the shelf does not hold is a difference that somebody settles)
    "codes_of",
    "cold_kinds",
    "cold_rules",
    "controlled",
    "doses_per_child",
<<<<<<< HEAD
    "finding_days",
=======
    "equipment_kind",
    "equipment_kinds",
>>>>>>> 64c2090 (Keep medicines and consumables in the ledger of lots: a visit takes what expires first, and what the shelf does not hold is a difference that somebody settles)
    "goods",
    "group_name",
    "immunisation",
    "item",
    "items",
    "levels",
    "medicine",
    "medicines",
    "months",
    "nearest",
    "need",
<<<<<<< HEAD
    "next_visit",
    "photographs",
=======
    "route_name",
    "tracers",
    "unit_name",
>>>>>>> 64c2090 (Keep medicines and consumables in the ledger of lots: a visit takes what expires first, and what the shelf does not hold is a difference that somebody settles)
]
