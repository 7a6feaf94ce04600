"""Staff from a file: the steps of :mod:`tuyen.web.importing` for people at work."""

from itertools import islice
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from tuyen.apps.access import clock
from tuyen.apps.workforce import imports, places
from tuyen.apps.workforce.imports import StaffPlan
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
