"""What is kept in stock and how: items, temperatures, levels and need, each of a day."""

from tuyen.rules.supply.cohort import doses_per_child
from tuyen.rules.supply.items import Item, codes_of, item, items
from tuyen.rules.supply.keeping import (
    ColdRule,
    Goods,
    Levels,
    Need,
    band,
    believable,
    bridges,
    calibration_months,
    cold_rules,
    goods,
    levels,
    need,
)
from tuyen.rules.supply.supervision import (
    CheckItem,
    CheckSection,
    check_items,
    checklist,
    finding_days,
    next_visit,
    photographs,
)

__all__ = [
    "CheckItem",
    "CheckSection",
    "ColdRule",
    "Goods",
    "Item",
    "Levels",
    "Need",
    "band",
    "believable",
    "bridges",
    "calibration_months",
    "check_items",
    "checklist",
    "codes_of",
    "cold_rules",
    "doses_per_child",
    "finding_days",
    "goods",
    "item",
    "items",
    "levels",
    "need",
    "next_visit",
    "photographs",
]
