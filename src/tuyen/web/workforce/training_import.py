"""Certificates from a file: the steps of :mod:`tuyen.web.importing` for hours that were earned elsewhere."""

from itertools import islice
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from tuyen.apps.workforce import certificate_imports as imports
from tuyen.apps.workforce.certificate_imports import CertificatePlan
from tuyen.web.importing import Listing, Preview
from tuyen.web.templatetags.figures import day

EDIT = "workforce.staff.edit"
_PREVIEW = 8
_HEADER = (
    gettext_lazy("Name"), pgettext_lazy("training", "Course"), gettext_lazy("Since"),
    gettext_lazy("Hours of training"), gettext_lazy("Number"),
)  # fmt: skip


def _preview(made: CertificatePlan) -> Preview:
    """The first certificates as they were read."""
    return Preview(_HEADER, [
        (line.row, (line.name, line.shown.what, str(day(line.shown.since)), str(line.shown.hours),
                    line.shown.number or "–"))
        for line in islice(made.lines, _PREVIEW)
    ])  # fmt: skip


def _taken(n: int) -> str:
    return ngettext("%(n)s certificate was taken.", "%(n)s certificates were taken.", n) % {"n": n}


def _behind(done: dict[str, Any]) -> str:
    return reverse("staff")


CERTIFICATES = Listing(
    right=EDIT, store="workforce.certificate-imports", routes="training-import",
    title=gettext_lazy("Certificates from a file"),
    lead=gettext_lazy("One row a certificate: name, course, day and hours; date of birth or unit where two people are called the same. Nothing is written before you have seen what would happen."),
    unit_label=gettext_lazy("Where people of rows without a unit work"), fields=imports.fields,
    plan=imports.plan, run=imports.run, choices=imports.Choices, preview=_preview, taken=_taken,
    behind=_behind,
)  # fmt: skip
