"""Old doses from a file: the steps of :mod:`tuyen.web.importing` for a register or booklets."""

from itertools import islice
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from tuyen.apps.access import clock
from tuyen.apps.access.services import record_readings
from tuyen.apps.immunization import imports
from tuyen.apps.immunization.imports import DosePlan
from tuyen.web.access import ActorRequest
from tuyen.web.immunization import words
from tuyen.web.importing import Listing, Preview
from tuyen.web.templatetags.figures import day

RECORD = "immunization.dose.record"
SUBJECT = "immunization.child"
_PREVIEW = 8
_HEADER = (
    gettext_lazy("Name of the child"), gettext_lazy("Born"), gettext_lazy("Vaccine"), gettext_lazy("Given on"),
    gettext_lazy("Lot"), gettext_lazy("Where it was given"),
)  # fmt: skip


def _preview(made: DosePlan) -> Preview:
    """The first doses: the names are those of the file, of people whom the register knows."""
    return Preview(_HEADER, [
        (line.row, (
            made.called(line.row), str(day(line.person.born_on)),
            words.vaccine_name(line.dose.vaccine), _given(line.dose), line.dose.lot, line.dose.place,
        ))
        for line in islice(made.lines, _PREVIEW)
    ])  # fmt: skip


def _given(dose: Any) -> str:
    if dose.precision == "month":
        return f"{dose.on:%m/%Y}"
    return f"{dose.on:%Y}" if dose.precision == "year" else str(day(dose.on))


def _taken(n: int) -> str:
    return ngettext("%(n)s dose was taken.", "%(n)s doses were taken.", n) % {"n": n}


def _note(request: ActorRequest, made: DosePlan) -> None:
    """A number that is another's tells that other's name: that it was read is written down."""
    by = request.actor
    record_readings(by=by, subject=SUBJECT, ids=set(made.told_of), at=clock.now())


DOSES = Listing(
    right=RECORD, store="immunization.imports", routes="dose-import",
    title=gettext_lazy("Import old doses"),
    lead=gettext_lazy("A register or booklets as you keep them: one row a dose, or one row a child with a column for each dose. Nothing is written before you have seen what would happen."),
    unit_label=gettext_lazy("Recorded for"), fields=imports.fields, plan=imports.plan,
    run=imports.run, choices=imports.Choices, preview=_preview, taken=_taken,
    behind=lambda done: f"{reverse('children')}?list=everybody", note=_note,
)  # fmt: skip
