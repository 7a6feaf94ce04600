"""Coverage: how many of those who should have had a dose had it in time, on either map, over time, by
age, and where they are too few; each part with its table and its file."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock, world
from tuyen.apps.immunization import queries
from tuyen.apps.immunization.queries import FULL
from tuyen.engines.exchange.write import write_csv
from tuyen.web.access import ActorRequest, screen
from tuyen.web.immunization import coverage_asked, coverage_parts
from tuyen.web.immunization.coverage_asked import PARTS, name_of

READ = "immunization.coverage.read"
_OFFERED = 7


@screen(right=READ)
@require_GET
def coverage(request: ActorRequest) -> HttpResponse:
    """A part of the coverage of a birth year."""
    by, asked = request.actor, coverage_asked.read(request)
    known = queries.indicators(by=by, on=asked.on)
    part = coverage_parts.part_of(by, asked)
    context = {
        "completeness": None,
        **part.context,
        "asked": asked,
        "tabs": [(key, _(name), asked.address(part=key)) for key, name in PARTS.items()],
        "part": f"immunization/_coverage_{asked.part}.html",
        "codes": [(code, name_of(code, known)) for code in (FULL, *known)],
        "name": name_of(asked.code, known),
        "offered": [str(asked.on.year - n) for n in range(_OFFERED)],
        "year": str(asked.year),
        "one_code": asked.part in ("areas", "time", "chance"),
        "one_year": asked.part not in ("time", "years"),
        "either_map": asked.part in ("areas", "time", "chance"),
        "either_level": asked.part == "chance" and not asked.within_commune,
        "file": asked.address("immunization-coverage-table"),
        "whole": asked.address(area=None),
        "as_of": clock.now(),
    }
    return render(request, "immunization/coverage.html", context)


@screen(right=READ)
@require_GET
def table(request: ActorRequest) -> HttpResponse:
    """The figures of a part as a file: counts, not percentages alone."""
    asked = coverage_asked.read(request)
    part = coverage_parts.part_of(request.actor, asked)
    header, rows = world.marked(part.head, part.rows)
    title = _("Born {first} to {last}, as of {on}; living here on that day").format(
        first=asked.first, last=asked.last, on=asked.on
    )
    if asked.area_text:
        title += f" · {asked.area_text}"
    answer = HttpResponse(
        write_csv(header, rows, title=world.titled(title)), content_type="text/csv; charset=utf-8"
    )
    name = f"{_('coverage')}-{asked.part}-{asked.year}"
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
