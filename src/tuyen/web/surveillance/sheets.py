"""The figures of a picture as a file: the page that shows it answers ``?form=csv`` with them.

Numbers are written for programs (a point, no thousands), days as ISO dates, units and cases by their
ids; names of people are never in them. In a drill every row carries the drill's mark.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from tuyen.apps.access import world
from tuyen.engines.exchange.write import write_csv

_FORM = "csv"


def wanted(request: HttpRequest) -> bool:
    """Whether the address asks for the figures instead of the page."""
    return request.GET.get("form") == _FORM


def address(request: HttpRequest) -> str:
    """This page as a file: the same question, answered in figures."""
    query = request.GET.copy()
    query["form"] = _FORM
    return f"?{query.urlencode()}"


def answer(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """The file, under ``name`` without its ending."""
    head, body = world.marked(list(header), [list(row) for row in rows])
    found = HttpResponse(write_csv(head, body), content_type="text/csv; charset=utf-8")
    found["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return found
