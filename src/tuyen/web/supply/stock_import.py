"""Stock from a file: the steps of :mod:`tuyen.web.importing` for what lies on the shelf."""

from itertools import islice
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from tuyen.apps.supply import imports
from tuyen.apps.supply.imports import StockPlan
from tuyen.web.importing import Listing, Preview
from tuyen.web.supply import words
from tuyen.web.templatetags.figures import day

MOVE = "supply.stock.move"
_PREVIEW = 8
_HEADER = (
    gettext_lazy("Item"), gettext_lazy("Lot"), gettext_lazy("Expires"), gettext_lazy("Quantity"),
    gettext_lazy("Counted in"),
)  # fmt: skip


def _preview(made: StockPlan) -> Preview:
    """The first lots as they were read."""
    return Preview(_HEADER, [
        (line.row, (
            words.item(line.received.item), line.received.number,
            str(day(line.received.expires_on)), str(line.received.vials),
            words.counted_in(line.received.item),
        ))
        for line in islice(made.lines, _PREVIEW)
    ])  # fmt: skip


def _taken(n: int) -> str:
    return ngettext("%(n)s lot was received.", "%(n)s lots were received.", n) % {"n": n}


def _behind(done: dict[str, Any]) -> str:
    return reverse("medicines")


STOCK = Listing(
    right=MOVE, store="supply.imports", routes="medicine-import",
    title=gettext_lazy("Receive stock from a file"),
    lead=gettext_lazy("What lies on the shelf, or a delivery: one row a lot, with the medicine, the lot, its expiry and the quantity. Nothing is written before you have seen what would happen."),
    unit_label=gettext_lazy("Received at"), fields=imports.fields, plan=imports.plan,
    run=imports.run, choices=imports.Choices, preview=_preview, taken=_taken, behind=_behind,
)  # fmt: skip
