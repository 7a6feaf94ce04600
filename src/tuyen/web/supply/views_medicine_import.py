"""Stock from a file: the steps of :mod:`tuyen.web.importing` for what lies on the shelf."""

from itertools import islice
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuyen.apps.supply import imports
from tuyen.apps.supply.imports import StockPlan
from tuyen.web import importing
from tuyen.web.access import ActorRequest, screen
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


@screen(right=MOVE)
@never_cache
@require_http_methods(["GET", "POST"])
def start(request: ActorRequest) -> HttpResponse:
    """Send a file."""
    return importing.start(request, STOCK)


@screen(right=MOVE)
@never_cache
@require_http_methods(["GET", "POST"])
def columns(request: ActorRequest, token: str) -> HttpResponse:
    """Which column is which field: proposed from the headers, decided by the person."""
    return importing.columns(request, STOCK, token)


@screen(right=MOVE)
@never_cache
@require_GET
def check(request: ActorRequest, token: str) -> HttpResponse:
    """What would happen to each row; nothing is written."""
    return importing.check(request, STOCK, token)


@screen(right=MOVE)
@require_POST
def accept(request: ActorRequest, token: str) -> HttpResponse:
    """Take the good rows: each lot becomes a receipt."""
    return importing.accept(request, STOCK, token)


@screen(right=MOVE)
@never_cache
@require_GET
def errors(request: ActorRequest, token: str, form: str) -> HttpResponse:
    """The rows to mend as a file: each as it was sent, with what is wrong and the fix."""
    return importing.errors(request, STOCK, token, form)


@screen(right=MOVE)
@require_POST
def discard(request: ActorRequest, token: str) -> HttpResponse:
    """Remove the file now."""
    return importing.discard(request, STOCK, token)
