"""Certificates from a file: the steps of :mod:`tuyen.web.importing` for hours that were earned elsewhere."""

from itertools import islice
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuyen.apps.workforce import certificate_imports as imports
from tuyen.apps.workforce.certificate_imports import CertificatePlan
from tuyen.web import importing
from tuyen.web.access import ActorRequest, screen
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


@screen(right=EDIT)
@never_cache
@require_http_methods(["GET", "POST"])
def start(request: ActorRequest) -> HttpResponse:
    """Send a file."""
    return importing.start(request, CERTIFICATES)


@screen(right=EDIT)
@never_cache
@require_http_methods(["GET", "POST"])
def columns(request: ActorRequest, token: str) -> HttpResponse:
    """Which column is which field: proposed from the headers, decided by the person."""
    return importing.columns(request, CERTIFICATES, token)


@screen(right=EDIT)
@never_cache
@require_GET
def check(request: ActorRequest, token: str) -> HttpResponse:
    """What would happen to each row; nothing is written."""
    return importing.check(request, CERTIFICATES, token)


@screen(right=EDIT)
@require_POST
def accept(request: ActorRequest, token: str) -> HttpResponse:
    """Take the good rows: each certificate enters its file."""
    return importing.accept(request, CERTIFICATES, token)


@screen(right=EDIT)
@never_cache
@require_GET
def errors(request: ActorRequest, token: str, form: str) -> HttpResponse:
    """The rows to mend as a file: each as it was sent, with what is wrong and the fix."""
    return importing.errors(request, CERTIFICATES, token, form)


@screen(right=EDIT)
@require_POST
def discard(request: ActorRequest, token: str) -> HttpResponse:
    """Remove the file now."""
    return importing.discard(request, CERTIFICATES, token)
