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

__all__ = [
    "ColdRule",
    "Goods",
    "Item",
    "Levels",
    "Need",
    "band",
    "believable",
    "bridges",
    "calibration_months",
    "codes_of",
    "cold_rules",
    "doses_per_child",
    "goods",
    "item",
    "items",
    "levels",
    "need",
]
