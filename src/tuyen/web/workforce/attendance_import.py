"""Attendance from a file: the steps of :mod:`tuyen.web.importing`, and the list of a course as such a file."""

from itertools import islice
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock, world
from tuyen.apps.workforce import attendance_imports as imports
from tuyen.apps.workforce import queries
from tuyen.apps.workforce.attendance_imports import AttendancePlan
from tuyen.engines.exchange.write import SheetOut, write_csv, write_xlsx
from tuyen.web.access import ActorRequest, screen
from tuyen.web.importing import XLSX, Listing, Preview
from tuyen.web.surveillance.words import language
from tuyen.web.templatetags.figures import day

_PREVIEW = 8
_HEADER = (
    gettext_lazy("Name"), pgettext_lazy("training", "Course"), gettext_lazy("Day"),
    gettext_lazy("Attendance"),
)  # fmt: skip
_COLUMNS = ("name", "unit", "course", "day", "there")


def _preview(made: AttendancePlan) -> Preview:
    """The first rows as they were read."""
    return Preview(_HEADER, [
        (one.row, (one.name, one.sitting.title, str(day(one.day)),
                   _("there") if one.there else _("absent")))
        for one in islice(made.lines, _PREVIEW)
    ])  # fmt: skip


def _taken(n: int) -> str:
    return ngettext("%(n)s row of attendance was taken.", "%(n)s rows of attendance were taken.", n) % {"n": n}  # fmt: skip


def _behind(done: dict[str, Any]) -> str:
    return reverse("training")


ATTENDANCE = Listing(
    right=imports.TRAIN, store="workforce.attendance-imports", routes="training-attendance",
    title=gettext_lazy("Attendance from a file"),
    lead=gettext_lazy("One row for each person and day: name, day, and whether they were there; date of birth or unit where two people are called the same. A list without a column for it names those who were there. Nothing is written before you have seen what would happen."),
    unit_label="", fields=imports.fields, plan=imports.plan, run=imports.run,
    choices=imports.Choices, preview=_preview, taken=_taken, behind=_behind,
)  # fmt: skip


@screen(right=imports.TRAIN)
@require_GET
def blank(request: ActorRequest, id: UUID, form: str) -> HttpResponse:
    """The list of a course to fill in: a row for each seat and day that has come; what was noted stands there."""
    found = queries.course(by=request.actor, id=id, on=clock.today())
    if found is None or not found.may_plan or form not in ("csv", "xlsx"):
        raise Http404
    days = [on for on, _hours in found.row.days]
    come = [n for n, on in enumerate(days) if on <= clock.today()] or list(range(len(days)))
    marks = {"p": _("there"), "a": _("absent")}
    head, rows = world.marked(
        [imports.fields().by_id[key].label(language()) for key in _COLUMNS],
        [[one.name, one.unit_name, found.row.title, days[n], marks.get(one.days[n], "")]
         for one in found.seats if one.state == "granted" for n in come],
    )  # fmt: skip
    if form == "csv":
        answer = HttpResponse(write_csv(head, rows), content_type="text/csv; charset=utf-8")
    else:
        sheet = SheetOut(str(_("Attendance")), head, rows)
        answer = HttpResponse(write_xlsx([sheet]), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{_("attendance")}.{form}"'
    answer["Cache-Control"] = "no-store"
    return answer
