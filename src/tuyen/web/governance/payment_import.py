"""Payments from a file: the steps of :mod:`tuyen.web.importing` for payments of projects."""

from itertools import islice
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from tuyen.apps.governance import imports
from tuyen.apps.governance.imports import PaymentPlan
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
