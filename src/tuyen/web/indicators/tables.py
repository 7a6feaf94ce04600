"""Tables for the public: drawn up, looked at as they will be printed, published, and kept."""

from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies, world
from tuyen.apps.access.actors import Actor
from tuyen.apps.indicators import queries
from tuyen.apps.indicators.operations import PublishTable
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.engines.exchange.write import SheetOut, write_csv, write_xlsx
from tuyen.kernel.operation import Operation
from tuyen.kernel.refusal import Refusal
from tuyen.rules.surveillance import disease
from tuyen.web.access import ActorRequest, screen
from tuyen.web.indicators import table_page
from tuyen.web.indicators.table_forms import PublishForm, WishForm, asked_first
from tuyen.web.sentences import refused, say
from tuyen.web.surveillance import pictures
from tuyen.web.surveillance.words import language
from tuyen.web.tables import Column

PUBLISH = "indicators.figure.publish"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SIZE = 50


@screen(right=queries.READ)
@require_GET
def releases(request: ActorRequest) -> HttpResponse:
    """The tables that were published, the latest first."""
    number = int(n) if (n := request.GET.get("page", "1")).isdecimal() and len(n) < 6 else 1
    found = queries.releases(by=request.actor, limit=SIZE, offset=(max(1, number) - 1) * SIZE)
    context = {
        "columns": [
            Column(key="title", label=_("Title"), head=True, href="href"),
            Column(key="days", label=_("Period")),
            Column(key="map", label=_("On the map of"), kind="day"),
            Column(key="hidden", label=_("Hidden"), kind="number"),
            Column(key="published", label=_("Published"), kind="moment"),
        ],
        "rows": [_listed(row) for row in found.rows],
        "page": Paginator(range(found.total), SIZE).get_page(number),
        "may_publish": policies.may(request.actor, PUBLISH),
    }
    return render(request, "indicators/releases.html", context)


def _listed(row: queries.ReleaseRow) -> dict[str, Any]:
    return {
        "title": row.title,
        "href": reverse("release", args=[row.id]),
        "days": f"{row.start:%d/%m/%Y} – {row.end:%d/%m/%Y}",
        "map": row.map_on,
        "hidden": row.hidden,
        "published": row.published_at,
    }


@screen(right=queries.READ)
@require_GET
def release(request: ActorRequest, id: UUID) -> HttpResponse:
    """One table as it was published."""
    row = _release(request, id)
    context = {
        "row": row,
        "heads": table_page.heads(row.shape),
        "lines": table_page.lines(row.shape, row.printed),
        "span": len(table_page.heads(row.shape)) + 1,
        "note": table_page.note(row),
        "about": table_page.about(row)[1:4],
        "diseases": ", ".join(disease(one[0]).name(language()) for one in row.shape.diseases),
    }
    return render(request, "indicators/release.html", context)


@screen(right=queries.READ)
@require_GET
def release_file(request: ActorRequest, id: UUID, form: str) -> HttpResponse:
    """The table as a file: the same bytes whenever it is asked for."""
    row = _release(request, id)
    if form not in ("csv", "xlsx"):
        raise Http404
    header, marked = world.marked(*table_page.file_rows(row))
    rows, title = list(marked), world.titled()
    if form == "csv":
        answer = HttpResponse(
            write_csv(header, rows, title=title), content_type="text/csv; charset=utf-8"
        )
    else:
        sheet = SheetOut(_("Published table"), header, rows, [28] + [12] * (len(header) - 1), title)
        answer = HttpResponse(write_xlsx([sheet]), content_type=XLSX)
    answer["Content-Disposition"] = (
        f'attachment; filename="{_("table")}-{row.start}-{row.id}.{form}"'
    )
    return answer


def _release(request: ActorRequest, id: UUID) -> queries.ReleaseRow:
    row = queries.release(by=request.actor, id=id)
    if row is None:
        raise Http404
    return row


@screen(right=PUBLISH)
@require_http_methods(["GET", "POST"])
def release_new(request: ActorRequest) -> HttpResponse:
    """Choose the table, see it as it will be printed, publish it."""
    by, today = request.actor, clock.today()
    unit = _area(by, today)
    if unit is None:
        raise Http404
    old = pictures.before_mergers(registry.atlas(), today)
    asked = asked_first(request.GET, today)
    wish = WishForm(asked, unit, today, old)
    if not request.GET:
        wish.errors.clear()  # nothing was asked yet, so nothing is missing
    draft, fault = None, ""
    if asked.getlist("disease") and wish.is_valid():
        try:
            draft = queries.draft(by=by, wish=wish.wish())
        except Refusal as refusal:
            fault = say(refusal)
    form = _publish_form(request, wish, draft)
    if request.method == "POST" and draft is not None and form is not None and form.is_valid():
        if form.cleaned_data["seen"] != seen(draft):
            fault = _("The records changed since the table was shown; look at it again.")
        else:
            sent, problems = _published(by, wish.wish(), draft, form.cleaned_data)
            if not problems:
                messages.success(request, _("Published. It stays readable as it is."))
                return redirect("release", id=sent)
            fault = " ".join(problems)
    context = _context(request, unit, wish, draft, form, fault)
    wrong = (
        fault
        or (form is not None and form.errors)
        or (wish.is_bound and draft is None and asked.getlist("disease"))
    )
    return render(request, "indicators/release_new.html", context, status=422 if wrong else 200)


def _context(
    request: ActorRequest, unit: UUID, wish: WishForm, draft: queries.Draft | None,
    form: PublishForm | None, fault: str,
) -> dict[str, Any]:  # fmt: skip
    context: dict[str, Any] = {
        "wish": wish,
        "begun": bool(wish.data.getlist("disease")),
        "unit_name": registry.atlas().full_name(unit, clock.today()),
        "form": form,
        "fault": fault,
        "draft": draft,
        "narrowed": bool(wish.data.getlist("communes")),
    }
    if draft is not None:
        if form is not None and form.is_bound:
            form.data = form.data.copy()
            form.data["seen"] = seen(draft)
        context |= {
            "heads": table_page.heads(draft.shape),
            "lines": table_page.lines(draft.shape, draft.printed, draft),
            "span": len(table_page.heads(draft.shape)) + 1,
            "reasons": table_page.reasons(draft),
            "most": draft.rule.k - 1,
        }
    return context


def _publish_form(
    request: ActorRequest, wish: WishForm, draft: queries.Draft | None
) -> PublishForm | None:
    if draft is None:
        return None
    earlier = queries.releases(by=request.actor, limit=SIZE).rows
    mine = [row for row in earlier if row.unit == wish.unit]
    names = ", ".join(disease(one[0]).name(language()) for one in draft.shape.diseases)
    days = f"{draft.shape.first:%d/%m/%Y}–{draft.shape.last:%d/%m/%Y}"
    initial = {"audience": "public", "seen": seen(draft), "title": f"{names}, {days}"[:200],
               "replaces": request.GET.get("replaces", "")}  # fmt: skip
    return PublishForm(request.POST if request.method == "POST" else None, mine, initial=initial)


def seen(draft: queries.Draft) -> str:
    """What stood on the screen, in short: nobody publishes another table than they looked at."""
    return sha256(repr((draft.printed, draft.shape)).encode()).hexdigest()[:24]


def _published(
    by: Actor, wish: queries.Wish, draft: queries.Draft, said: dict[str, Any]
) -> tuple[UUID, list[str]]:
    replaces = UUID(said["replaces"]) if said["replaces"] else None
    payload = PublishTable(
        title=said["title"], audience=said["audience"], diseases=wish.diseases,
        communes=draft.communes, map_on=wish.map_on, first=wish.first, last=wish.last,
        k=draft.rule.k, width=draft.rule.width, cells=draft.printed, replaces=replaces,
        reason=said["reason"], base=draft.base,
    )  # fmt: skip
    made = Operation.of(payload, unit=wish.unit, happened_on=clock.today(), recorded_at=clock.now())
    return made.id, refused(commit(by=by, operations=[made], at=clock.now()))


def _area(by: Actor, today: date) -> UUID | None:
    """The province of one's post, else the node's first, over which one may publish."""
    atlas = registry.atlas()
    near = [atlas.province_of(post.unit, today) for post in by.posts]
    scope = policies.scope(by, PUBLISH)
    return next((u for u in [*near, *atlas.provinces(today)] if u and scope.covers(u)), None)
