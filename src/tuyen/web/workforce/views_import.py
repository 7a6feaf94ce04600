"""Staff from a file: the steps of :mod:`tuyen.web.importing` for people at work."""

from itertools import islice
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuyen.apps.access import clock
from tuyen.apps.workforce import imports, places
from tuyen.apps.workforce.imports import StaffPlan
from tuyen.web import importing
from tuyen.web.access import ActorRequest, screen
from tuyen.web.importing import Listing, Preview
from tuyen.web.templatetags.figures import day
from tuyen.web.workforce import words

EDIT = "workforce.staff.edit"
_PREVIEW = 8
_HEADER = (
    gettext_lazy("Name"), gettext_lazy("Works at"), gettext_lazy("Cadre"), gettext_lazy("Since"),
    gettext_lazy("Practising licence"),
)  # fmt: skip


def _preview(made: StaffPlan) -> Preview:
    """The first people as they were read."""
    return Preview(_HEADER, [
        (line.row, (
            line.told.name, places.name(line.unit, clock.today()),
            words.named("cadre", line.told.post.cadre), str(day(line.told.post.since)),
            next((one.number for one in line.told.shown if one.kind == "licence"), "–"),
        ))
        for line in islice(made.lines, _PREVIEW)
    ])  # fmt: skip


def _taken(n: int) -> str:
    return ngettext("%(n)s file was opened.", "%(n)s files were opened.", n) % {"n": n}


def _behind(done: dict[str, Any]) -> str:
    return reverse("staff")


STAFF = Listing(
    right=EDIT, store="workforce.imports", routes="staff-import",
    title=gettext_lazy("Staff from a file"),
    lead=gettext_lazy("One row a person: name, cadre, where and since when; degree and licence where you have them. Nothing is written before you have seen what would happen."),
    unit_label=gettext_lazy("Where people of rows without a unit work"), fields=imports.fields,
    plan=imports.plan, run=imports.run, choices=imports.Choices, preview=_preview, taken=_taken,
    behind=_behind,
)  # fmt: skip


@screen(right=EDIT)
@never_cache
@require_http_methods(["GET", "POST"])
def start(request: ActorRequest) -> HttpResponse:
    """Send a file."""
    return importing.start(request, STAFF)


@screen(right=EDIT)
@never_cache
@require_http_methods(["GET", "POST"])
def columns(request: ActorRequest, token: str) -> HttpResponse:
    """Which column is which field: proposed from the headers, decided by the person."""
    return importing.columns(request, STAFF, token)


@screen(right=EDIT)
@never_cache
@require_GET
def check(request: ActorRequest, token: str) -> HttpResponse:
    """What would happen to each row; nothing is written."""
    return importing.check(request, STAFF, token)


@screen(right=EDIT)
@require_POST
def accept(request: ActorRequest, token: str) -> HttpResponse:
    """Take the good rows: each person becomes a file."""
    return importing.accept(request, STAFF, token)


@screen(right=EDIT)
@never_cache
@require_GET
def errors(request: ActorRequest, token: str, form: str) -> HttpResponse:
    """The rows to mend as a file: each as it was sent, with what is wrong and the fix."""
    return importing.errors(request, STAFF, token, form)


@screen(right=EDIT)
@require_POST
def discard(request: ActorRequest, token: str) -> HttpResponse:
    """Remove the file now."""
    return importing.discard(request, STAFF, token)
