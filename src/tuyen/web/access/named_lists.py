"""The lists that leave with names when a second person agreed: how each is counted, told and made."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tuyen.apps.access import clock
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization import national
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import exports, queries
from tuyen.web.access import ActorRequest
from tuyen.web.immunization import views_export as doses
from tuyen.web.surveillance import filters
from tuyen.web.surveillance import views_export as cases


class About(NamedTuple):
    """What the filters of a request say, in words, and its span of days."""

    badges: Sequence[str]
    first: date | None
    last: date | None


class NamedList(NamedTuple):
    """One kind of list. ``size``: its rows and the people in it; ``file``: the file, of (request,
    query, form, purpose, who agreed)."""

    label: str | Promise
    size: Callable[[Actor, str], tuple[int, int]]
    about: Callable[[str], About]
    file: Callable[[ActorRequest, str, str, str, str], HttpResponse]


def _cases(by: Actor, query: str) -> tuple[int, int]:
    rows = queries.export_count(by=by, filters=exports.read(query))
    return rows, rows


def _of_cases(query: str) -> About:
    atlas, on, wanted = registry.atlas(), clock.today(), exports.read(query)
    named = filters.named(wanted, on, atlas)
    told = [text for text in (named.get("disease_text"), named.get("area_text")) if text]
    return About([*told, *filters.hidden(wanted, on, atlas)], wanted.first, wanted.last)


def _of_doses(query: str) -> About:
    span = national.Span.read(query)
    return About((), span.first, span.last)


LISTS = {
    exports.WHAT: NamedList(
        _("Line list of cases"), _cases, _of_cases,
        lambda request, query, *rest: cases.file(request, exports.read(query), *rest),
    ),
    national.WHAT: NamedList(
        _("Doses in the fields of decision 3891"),
        lambda by, query: national.count(by=by, span=national.Span.read(query)), _of_doses,
        lambda request, query, *rest: doses.file(request, national.Span.read(query), *rest),
    ),
}  # fmt: skip
