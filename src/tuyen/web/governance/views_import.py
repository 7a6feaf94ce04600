"""Payments from a file: the steps of :mod:`tuyen.web.importing` for payments of projects."""

from itertools import islice
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuyen.apps.governance import imports
from tuyen.apps.governance.imports import PaymentPlan
from tuyen.web import importing
from tuyen.web.access import ActorRequest, screen
from tuyen.web.governance import words
from tuyen.web.importing import Listing, Preview
from tuyen.web.templatetags.figures import day

_PREVIEW = 8
_HEADER = (
    gettext_lazy("Project"), gettext_lazy("Paid on"), gettext_lazy("Amount paid"), gettext_lazy("Source of money"),
    gettext_lazy("Voucher"),
)  # fmt: skip


def _preview(made: PaymentPlan) -> Preview:
    """The first payments as they were read."""
    return Preview(_HEADER, [
        (line.row, (
            line.project.plan.name, str(day(line.on)), words.money(line.told.amount),
            words.source(line.told.source), line.told.voucher,
        ))
        for line in islice(made.lines, _PREVIEW)
    ])  # fmt: skip


def _taken(n: int) -> str:
    return ngettext("%(n)s payment is written down.", "%(n)s payments are written down.", n) % {
        "n": n
    }


def _behind(done: dict[str, Any]) -> str:
    return reverse("projects")


PAYMENTS = Listing(
    right=imports.RIGHT, store="governance.imports", routes="payment-import",
    title=gettext_lazy("Payments from a file"),
    lead=gettext_lazy("One row a voucher: project, day, amount in VND, source. Nothing is written before you have seen what would happen."),
    unit_label=gettext_lazy("In whose name they are written down"), fields=imports.fields,
    plan=imports.plan, run=imports.run, choices=imports.Choices, preview=_preview, taken=_taken,
    behind=_behind,
)  # fmt: skip


@screen(right=imports.RIGHT)
@never_cache
@require_http_methods(["GET", "POST"])
def start(request: ActorRequest) -> HttpResponse:
    """Send a file."""
    return importing.start(request, PAYMENTS)


@screen(right=imports.RIGHT)
@never_cache
@require_http_methods(["GET", "POST"])
def columns(request: ActorRequest, token: str) -> HttpResponse:
    """Which column is which field: proposed from the headers, decided by the person."""
    return importing.columns(request, PAYMENTS, token)


@screen(right=imports.RIGHT)
@never_cache
@require_GET
def check(request: ActorRequest, token: str) -> HttpResponse:
    """What would happen to each row; nothing is written."""
    return importing.check(request, PAYMENTS, token)


@screen(right=imports.RIGHT)
@require_POST
def accept(request: ActorRequest, token: str) -> HttpResponse:
    """Take the good rows: each voucher becomes a payment."""
    return importing.accept(request, PAYMENTS, token)


@screen(right=imports.RIGHT)
@never_cache
@require_GET
def errors(request: ActorRequest, token: str, form: str) -> HttpResponse:
    """The rows to mend as a file: each as it was sent, with what is wrong and the fix."""
    return importing.errors(request, PAYMENTS, token, form)


@screen(right=imports.RIGHT)
@require_POST
def discard(request: ActorRequest, token: str) -> HttpResponse:
    """Remove the file now."""
    return importing.discard(request, PAYMENTS, token)
