"""The lists of children: who is due, late, has never come; and what a class lacks at school entry."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuyen.apps.access import clock, policies, world
from tuyen.apps.access import services as accounts
from tuyen.apps.immunization import queries
from tuyen.apps.immunization.queries import ChildRow, ListFilters, Open
from tuyen.apps.registry import queries as registry
from tuyen.engines.exchange.write import write_csv
from tuyen.rules.immunization import coverage as coverage_rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.immunization import asking, words
from tuyen.web.immunization.coverage_asked import name_of
from tuyen.web.registry import words as people

READ = "immunization.dose.read"
RECORD = "immunization.dose.record"
COVERAGE = "immunization.coverage.read"
SUBJECT = "immunization.child"
PAGE = 50
MOST_PASTED, MOST_SHOWN = 60, 500
SORTS = ("late", "due", "born", "-born", "place")
_KEPT = ("list", "group", "area", "born_from", "born_to", "drop", "code")
_SHORT = 40  # characters of a reason that the log of readings keeps


@screen(right=READ)
@never_cache
@require_GET
def children(request: ActorRequest) -> HttpResponse:
    """A page of one of the lists. Whom it showed is written down."""
    by, on, map_ = request.actor, clock.today(), registry.atlas()
    faults: list[str] = []
    filters = _filters(request.GET, faults)
    sort = request.GET.get("sort", "late")
    page = queries.children(
        by=by, filters=filters, on=on, order=sort if sort in SORTS else "late",
        page=asking.a_number(request.GET, "page", 1, 10**6, 1), size=PAGE,
    )  # fmt: skip
    shown = [row.person for row in page.rows if row.name]
    accounts.record_search(by=by, subject=SUBJECT, ids=shown, at=clock.now())
    counts = queries.counted(by=by, on=on, area=filters.area)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "rows": [_line(row, on, filters) for row in page.rows],
        "total": page.total,
        "page": Paginator(range(page.total), PAGE).get_page(page.number),
        "f": filters,
        "tabs": [
            (kind, words.word(words.KINDS, kind), _address(request, kind), counts.get(kind))
            for kind in queries.KINDS
        ],
        "groups": [(code, words.group_name(code)) for code in words.GROUPS],
        "drops": [(code, words.word(words.DROPS, code)) for code in words.DROPS],
        "area_text": map_.full_name(filters.area, on) if filters.area else "",
        "faults": faults,
        "query": query.urlencode(),
        "kept": [(name, query[name]) for name in _KEPT if name in query],
        "missed": _missed(by, filters, on),
        "by_group": filters.kind in ("due", "overdue", "defaulters"),
        "as_of": page.evaluated_on or on,
        "may_record": policies.may(by, RECORD),
        "on": on,
    }
    return render(request, "immunization/children.html", context)


@screen(right=READ)
@require_POST
def export(request: ActorRequest) -> HttpResponse:
    """The whole list as a file, without names, for a reason that is written down."""
    by, on = request.actor, clock.today()
    reason = " ".join(request.POST.get("reason", "").split())[:300]
    if len(reason) < 3:
        messages.error(
            request, _("Write the reason in at least {n} letters: others will read it.").format(n=3)
        )
        return redirect(f"{reverse('children')}?{request.POST.get('query', '')[:500]}")
    filters = _filters(request.POST, [])
    rows = list(queries.export(by=by, filters=filters, on=on))
    accounts.record_readings(
        by=by.stating(reason[:_SHORT]), subject=SUBJECT, ids=[row.person for row in rows],
        at=clock.now(),
    )  # fmt: skip
    header, marked = world.marked(_header(), [_cells(row, on) for row in rows])
    title = _("{rows} rows taken out by {name} at {at}, for: {reason}").format(
        rows=len(rows), name=by.name, at=f"{clock.now():%Y-%m-%d %H:%M}", reason=reason
    )
    answer = HttpResponse(
        write_csv(header, marked, title=world.titled(title)),
        content_type="text/csv; charset=utf-8",
    )
    name = f"{_('children')}-{filters.kind}-{on:%Y%m%d}"
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


@screen(right=READ)
@never_cache
@require_http_methods(["GET", "POST"])
def school(request: ActorRequest) -> HttpResponse:
    """What each child of a class lacks: of a list of numbers, or of a birth year in a place."""
    by, on, map_ = request.actor, clock.today(), registry.atlas()
    faults: list[str] = []
    pasted, unknown, asked, more = _class(request, by, on, faults)
    area = asking.place(request.GET, "area", on, map_, faults)
    year = _entry_year(request.GET, on)
    checked = queries.school_check(by=by, people=asked, on=on)
    shown = [one.person for one in checked]
    accounts.record_search(by=by, subject=SUBJECT, ids=shown, at=clock.now())
    context = {
        "rows": [_class_line(one, on) for one in checked],
        "lacking": sum(bool(one.lacks) for one in checked),
        "unknown": unknown,
        "total": len(asked) + more,
        "more": more,
        "pasted": "\n".join(pasted),
        "year": str(year),
        "area": area or "",
        "area_text": map_.full_name(area, on) if area else "",
        "faults": faults,
        "on": on,
    }
    return render(request, "immunization/school.html", context)


def _missed(by: Any, filters: ListFilters, on: date) -> dict[str, Any] | None:
    """What a list that was opened from a figure of coverage is about."""
    if filters.kind != "missed":
        return None
    known = queries.indicators(by=by, on=on) if policies.may(by, COVERAGE) else {}
    name = name_of(filters.code, known) if filters.code in (queries.FULL, *known) else filters.code
    return {"name": name, "back": bool(known)}


@screen(right=READ)
@require_POST
def school_export(request: ActorRequest) -> HttpResponse:
    """What a class lacks as a file: everybody of the birth year or of the list, without names, for a
    reason that is written down."""
    by, on = request.actor, clock.today()
    reason = " ".join(request.POST.get("reason", "").split())[:300]
    if len(reason) < 3:
        messages.error(
            request, _("Write the reason in at least {n} letters: others will read it.").format(n=3)
        )
        return redirect(f"{reverse('school-check')}?{request.POST.get('query', '')[:500]}")
    _pasted, _unknown, asked, _more = _class(request, by, on, [], everybody=True)
    checked = queries.school_check(by=by, people=asked, on=on)
    accounts.record_readings(
        by=by.stating(reason[:_SHORT]), subject=SUBJECT, ids=[one.person for one in checked],
        at=clock.now(),
    )  # fmt: skip
    header = [_("Person's id"), _("Month of birth"), _("Village"), _("Commune"), _("Lacks")]
    rows = [
        [
            one.person, f"{one.row.born_on:%Y-%m}" if one.row else "",
            one.row.village if one.row else "", one.row.commune if one.row else "",
            ", ".join(words.group_name(dose.group) for dose in one.lacks) if one.row
            else _("Nothing is known"),
        ]
        for one in checked
    ]  # fmt: skip
    head, marked = world.marked(header, rows)
    title = _("{rows} rows taken out by {name} at {at}, for: {reason}").format(
        rows=len(rows), name=by.name, at=f"{clock.now():%Y-%m-%d %H:%M}", reason=reason
    )
    answer = HttpResponse(
        write_csv(head, marked, title=world.titled(title)), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{_("school-entry")}-{on:%Y%m%d}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def _entry_year(given: QueryDict, on: date) -> int:
    return asking.a_number(given, "year", on.year - 18, on.year, on.year - 6)


def _class(
    request: ActorRequest, by: Any, on: date, faults: list[str], *, everybody: bool = False
) -> tuple[list[str], list[str], list[UUID], int]:
    """Who is looked at: (numbers pasted, those nobody has, people, how many more there are). Of a birth
    year in a place a page shows the first; ``everybody``: all of them."""
    given = request.POST if request.method == "POST" else request.GET
    pasted = [text.strip() for text in request.POST.get("numbers", "").splitlines() if text.strip()]
    if len(pasted) > MOST_PASTED:
        faults.append(_("At most {n} children at once.").format(n=MOST_PASTED))
    pasted = pasted[:MOST_PASTED]
    if pasted:
        found = registry.holders(by=by, values=pasted)
        people = [found[text] for text in pasted if text in found]
        return pasted, [text for text in pasted if text not in found], people, 0
    area = asking.place(given, "area", on, registry.atlas(), [])
    year = _entry_year(given, on)
    filters = ListFilters(
        kind="everybody", area=area, born_first=date(year, 1, 1), born_last=date(year, 12, 31)
    )
    if everybody:
        people = [row.person for row in queries.export(by=by, filters=filters, on=on)]
        return [], [], people, 0
    page = queries.children(by=by, filters=filters, on=on, order="born", size=MOST_SHOWN)
    return [], [], [row.person for row in page.rows], page.total - len(page.rows)


def _filters(query: QueryDict, faults: list[str]) -> ListFilters:
    on = clock.today()
    kind = query.get("list", "overdue")
    group, code = query.get("group", ""), query.get("code", "")
    return ListFilters(
        kind=kind if kind in (*queries.KINDS, "missed") else "overdue",
        group=group if group in words.GROUPS else "",
        area=asking.place(query, "area", on, registry.atlas(), faults),
        born_first=asking.a_day(query, "born_from", _("Born from"), faults),
        born_last=asking.a_day(query, "born_to", _("Born to"), faults),
        code=code if code in coverage_rules.counted(on) else queries.FULL,
        drop=query.get("drop", "") if query.get("drop") in words.DROPS else "dtp1-dtp3",
    )


def _address(request: ActorRequest, kind: str) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    query["list"] = kind
    return f"{reverse('children')}?{query.urlencode()}"


def _line(row: ChildRow, on: Any, filters: ListFilters) -> dict[str, Any]:
    shown = [one for one in row.open if one.state(on) in ("late", "due")] or list(row.open[:1])
    if filters.group:
        shown = [one for one in row.open if one.group == filters.group] or shown
    return {
        "row": row,
        "href": reverse("child", args=[row.person]),
        "sex": people.sex_name(row.sex),
        "age": people.age(row.born_on, on),
        "open": [_badge(one, on) for one in shown],
    }


def _badge(one: Open, on: Any) -> dict[str, Any]:
    state = one.state(on)
    return {
        "text": _dose_name(one),
        "tone": words.TONES[state],
        "state": words.word(words.STATES, state),
        "past_due": one.past_due,
    }


def _dose_name(one: Open) -> str:
    name = words.group_name(one.group)
    return f"{name} {one.number}" if one.number else name


def _class_line(one: queries.Missing, on: Any) -> dict[str, Any]:
    row = one.row
    return {
        "href": reverse("child", args=[row.person]) if row else "",
        "name": row.name if row else _("Not in the register of doses"),
        "row": row,
        "lacks": [_badge(each, on) for each in one.lacks],
    }


def _header() -> list[str]:
    return [
        _("Person"), _("Sex"), _("Birth year and month"), _("Village"), _("Commune"),
        _("Doses on record"), _("Last dose on"), _("Due since"), _("In time until"), _("To be given"),
    ]  # fmt: skip


def _cells(row: ChildRow, on: Any) -> list[Any]:
    """Without what tells whose it is: no name, and the birth by its month."""
    late = [one for one in row.open if one.state(on) in ("late", "due")]
    return [
        str(row.person), people.sex_name(row.sex), f"{row.born_on:%Y-%m}", row.village, row.commune,
        row.doses, row.last_on, row.due_on, row.past_due_on,
        "; ".join(_dose_name(one) for one in late),
    ]  # fmt: skip
