"""A line list from a file: the steps of :mod:`tuyen.web.importing` for cases."""

from datetime import datetime
from itertools import islice
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance.imports import Choices, ImportPlan, fields, plan, run
from tuyen.web import importing
from tuyen.web.access import ActorRequest, screen
from tuyen.web.importing import Listing, Preview
from tuyen.web.surveillance import filters, words

IMPORT = "surveillance.case.import"
_PREVIEW = 8
_HEADER = (
    gettext_lazy("Case"), gettext_lazy("Disease"), gettext_lazy("Onset"), gettext_lazy("Lived in"),
    gettext_lazy("Classification"),
)  # fmt: skip


def _preview(made: ImportPlan) -> Preview:
    atlas = registry.atlas()
    return Preview(_HEADER, [
        (number, (
            f"{draft.name or _('Name not given')} · {words.word(words.SEX, draft.sex)}",
            words.disease(draft.disease), f"{draft.onset_on:%d/%m/%Y}",
            atlas.full_name(draft.village or draft.commune, draft.onset_on),
            words.word(words.CLASSIFICATION, draft.classification),
        ))
        for number, draft in islice(zip(made.rows, made.drafts, strict=True), _PREVIEW)
    ])  # fmt: skip


def _taken(n: int) -> str:
    return ngettext("%(n)s case report was taken.", "%(n)s case reports were taken.", n) % {"n": n}


def _behind(done: dict[str, Any]) -> str:
    just_before = datetime.fromisoformat(done["at"]).replace(microsecond=0)
    return filters.rows(received_after=just_before)


CASES = Listing(
    right=IMPORT, store="surveillance.imports", routes="case-import",
    title=gettext_lazy("Import cases"),
    lead=gettext_lazy("A line list as you keep it: any order of columns, three languages. Nothing is written before you have seen what would happen."),
    unit_label=gettext_lazy("Reported for"), fields=fields, plan=plan, run=run, choices=Choices,
    preview=_preview, taken=_taken, behind=_behind, successors=True,
)  # fmt: skip


@screen(right=IMPORT)
@require_http_methods(["GET", "POST"])
def start(request: ActorRequest) -> HttpResponse:
    """Send a file."""
    return importing.start(request, CASES)


@screen(right=IMPORT)
@require_http_methods(["GET", "POST"])
def columns(request: ActorRequest, token: str) -> HttpResponse:
    """Which column is which field: proposed from the headers, decided by the person."""
    return importing.columns(request, CASES, token)


@screen(right=IMPORT)
@require_GET
def check(request: ActorRequest, token: str) -> HttpResponse:
    """What would happen to each row; nothing is written."""
    return importing.check(request, CASES, token)


@screen(right=IMPORT)
@require_POST
def accept(request: ActorRequest, token: str) -> HttpResponse:
    """Take the good rows: each becomes a case report with its receipt."""
    return importing.accept(request, CASES, token)


@screen(right=IMPORT)
@require_GET
def errors(request: ActorRequest, token: str, form: str) -> HttpResponse:
    """The rows to mend as a file: each as it was sent, with what is wrong and the fix."""
    return importing.errors(request, CASES, token, form)


@screen(right=IMPORT)
@require_POST
def discard(request: ActorRequest, token: str) -> HttpResponse:
    """Remove the file now."""
    return importing.discard(request, CASES, token)
