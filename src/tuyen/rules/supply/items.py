"""Items of the stock: vaccines by size of vial, the diluents that go with them, and what injections
take besides: syringes and safety boxes.

What freezing does to a vaccine, and how long an opened vial may be used, stands in the list of
vaccine types (``immunization/vaccines``); here stands what concerns its packing.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from typing import NamedTuple

from tuyen.kernel.text import fold
from tuyen.rules.loader import load
from tuyen.rules.supply.medicines import Medicine, medicines


class Item(NamedTuple):
    """One thing that lies on a shelf, counted in vials, or in pieces where it is no vial.

    ``kind`` is vaccine, diluent, syringe, box, or medicine and consumable, which have more to say in
    :mod:`tuyen.rules.supply.medicines`. ``vaccine`` is the code of the vaccine type; "" of
    all else. An opened vial may be used for
    ``open_hours`` within its session or, where the vaccine allows it, ``open_days`` across sessions.
    ``volume_cm3`` is the space of one dose in the cold chain.
    """

    code: str
    kind: str
    vaccine: str
    names: Mapping[str, str]
    doses: int
    freeze_sensitive: bool
    open_hours: int | None
    open_days: int | None
    diluent: str
    volume_cm3: float
    has_vvm: bool
    verified: bool

    def name(self, language: str = "en") -> str:
        return self.names.get(language) or self.names["en"]


@cache
def items() -> dict[str, Item]:
    """Every item by its code, in the order of the lists: what immunisation takes, then medicines."""
    kept = {row["code"]: _item(row) for row in load("supply/items")}
    return kept | {code: _medicine(one) for code, one in medicines().items()}


@cache
def immunisation() -> tuple[str, ...]:
    """The codes of vaccines and of what goes with them."""
    return tuple(code for code in items() if code not in medicines())


def nearest(code: str) -> list[str]:
    """Up to ten codes that a wrong one may stand for; the first of the list where none is like it."""
    folded = {fold(one): one for one in items()}
    like = get_close_matches(fold(code), folded, n=10, cutoff=0.5)
    return [folded[one] for one in like] or list(items())[:10]


def item(code: str) -> Item | None:
    """The item of a code; None for a code that is not on the list."""
    return items().get(code)


def codes_of(vaccine: str) -> list[str]:
    """The items that hold a vaccine: one for each size of vial."""
    return [code for code, one in items().items() if one.vaccine == vaccine and vaccine]


def _item(row: Mapping[str, str | None]) -> Item:
    of = _vaccines().get(row["vaccine"] or "", {})
    hours = int(of.get("open_hours") or row["open_hours"] or 0)
    keeps = of.get("open_rule") == "keep"
    return Item(
        row["code"] or "", row["kind"] or "", row["vaccine"] or "",
        {language: row[language] or "" for language in ("vi", "en", "zh")}, int(row["doses"] or 1),
        (of.get("freeze_sensitive") or row["freeze_sensitive"]) == "yes",
        None if keeps else hours, hours // 24 if keeps else None, row["diluent"] or "",
        float(row["volume_cm3"] or 0), row["vvm"] == "yes", bool(row["verified"]),
    )  # fmt: skip


def _medicine(one: Medicine) -> Item:
    return Item(
        one.code, one.kind, "", one.names, 1, False, None, None, "", 0.0, False, one.verified
    )


@cache
def _vaccines() -> dict[str, Mapping[str, str | None]]:
    """The list of vaccine types: what freezing does to them, and how long an open vial is good."""
    return {row["code"]: row for row in load("immunization/vaccines")}
