"""The screens of a list from a file, whatever it is a list of: sent, its columns matched, tried, and
its good rows taken. Nothing is written before somebody who has seen what would happen says so.

A room describes its list (:class:`Listing`), and gives its steps their addresses (:func:`steps`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from typing import Any, NamedTuple, get_args
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tuyen.apps.access import clock, policies, world
from tuyen.apps.access.actors import Actor
from tuyen.apps.registry import queries as registry
from tuyen.engines.exchange.columns import ColumnMap, propose
from tuyen.engines.exchange.dates import Order
from tuyen.engines.exchange.fields import Fields
from tuyen.engines.exchange.legacy import LABELS
from tuyen.engines.exchange.limits import DEFAULT, check_size
from tuyen.engines.exchange.refusals import ExchangeRefusal
from tuyen.engines.exchange.tabular import Table, read_table
from tuyen.kernel.refusal import Refusal
from tuyen.web import import_pages
from tuyen.web.access import ActorRequest, screen
from tuyen.web.sentences import say
from tuyen.web.surveillance import uploads
from tuyen.web.surveillance.words import language

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Text = str | Promise
_FILES = 5  # of one session at a time
_SHOWN = 100


class Preview(NamedTuple):
    """The first rows as they were read: what the columns are called, and (row number, cells)."""

    header: Sequence[Text]
    rows: Sequence[tuple[int, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Listing:
    """What one kind of list is. ``routes`` is the name of its first screen, and begins those of the
    others; no ``unit_label``: the list goes in in the name of no unit; ``taken`` says how many were taken,
    ``behind`` leads to them; ``note`` writes down whom the findings of a plan tell of."""

    right: str
    store: str
    routes: str
    title: Text
    lead: Text
    unit_label: Text
    fields: Callable[[], Fields]
    plan: Callable[..., Any]
    run: Callable[..., Any]
    choices: type[Any]
    preview: Callable[[Any], Preview]
    taken: Callable[[int], str]
    behind: Callable[[dict[str, Any]], str]
    successors: bool = False
    note: Callable[[ActorRequest, Any], None] = lambda request, made: None

    def to(self, step: str, token: str) -> HttpResponse:
        return redirect(f"{self.routes}-{step}", token=token)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that waits for its import, and what was chosen for it."""

    token: str
    name: str
    data: bytes
    said: dict[str, Any]

    @property
    def columns(self) -> dict[str, str | None]:
        return {letter: field or None for letter, field in self.said.get("columns", {}).items()}

    def table(self, room: Listing) -> Table:
        """The table in the file, read as chosen."""
        return read_table(
            self.data,
            self.name,
            vocabulary=room.fields().vocabulary,
            sheet=self.said.get("sheet") or None,
            convert=self.said.get("convert") or None,
        )

    def choices(self, room: Listing) -> Any:
        unit = self.said.get("unit")
        more = {"accept_successors": bool(self.said.get("successors"))} if room.successors else {}
        return room.choices(
            columns=self.columns,
            date_order=self.said.get("order") or None,
            unit=UUID(unit) if unit else None,
            **more,
        )


def steps(where: str, room: Listing) -> list[URLPattern]:
    """The addresses of all steps of a list, each a screen that takes the list's right: ``where`` is
    that of the first, and names follow ``room.routes``."""

    def step(
        name: str, inside: str, view: Callable[..., HttpResponse], *methods: str
    ) -> URLPattern:
        @screen(right=room.right)
        @never_cache
        @require_http_methods(methods)
        @wraps(view)
        def shown(request: ActorRequest, **found: str) -> HttpResponse:
            return view(request, room, **found)

        return path(where + inside, shown, name=room.routes + name)

    return [
        step("", "", start, "GET", "HEAD", "POST"),
        step("-columns", "<str:token>/", columns, "GET", "HEAD", "POST"),
        step("-check", "<str:token>/check/", check, "GET", "HEAD"),
        step("-accept", "<str:token>/accept/", accept, "POST"),
        step("-errors", "<str:token>/errors.<str:form>", errors, "GET", "HEAD"),
        step("-discard", "<str:token>/discard/", discard, "POST"),
    ]


def start(request: ActorRequest, room: Listing) -> HttpResponse:
    """Send a file."""
    problem, advice = "", ""
    if request.method == "POST":
        sent = request.FILES.get("file")
        if sent is None:
            problem = _("Choose a file first.")
        else:
            name = _name(sent.name)
            try:
                check_size(sent.size or 0, name)
                data = sent.read()
                world.check_file(data)
                if not data:
                    read_table(data, name)
            except world.OtherWorld as other:
                problem = say(other)
            except ExchangeRefusal as refusal:
                problem, advice = import_pages.spoken(refusal)
            else:
                return room.to("columns", _remember(request, room, name, data))
    context = {
        "room": room,
        "discards": f"{room.routes}-discard",
        "matches": f"{room.routes}-columns",
        "problem": problem,
        "advice": advice,
        "megabytes": DEFAULT.size // 2**20,
        "most_rows": DEFAULT.rows,
        "waiting": [
            (token, said["name"]) for token, said in request.session.get(room.store, {}).items()
        ],
    }
    return render(request, "importing/start.html", context, status=422 if problem else 200)


def columns(request: ActorRequest, room: Listing, token: str) -> HttpResponse:
    """Which column is which field: proposed from the headers, decided by the person."""
    waiting = find(request, room, token)
    if request.method == "POST":
        _choose(request, room, waiting)
        return room.to("check", token)
    return _columns_page(request, room, waiting)


def check(request: ActorRequest, room: Listing, token: str) -> HttpResponse:
    """What would happen to each row; nothing is written."""
    waiting = find(request, room, token)
    try:
        made = _plan(request, room, waiting)
    except Refusal as refusal:
        return _columns_page(request, room, waiting, refusal)
    return _check_page(request, room, waiting, made)


def accept(request: ActorRequest, room: Listing, token: str) -> HttpResponse:
    """Take the good rows: each becomes an operation with its receipt."""
    waiting = find(request, room, token)
    now = clock.now()
    try:
        made = _plan(request, room, waiting, now)
        if made.questions and not waiting.said.get("order") and not request.POST.get("agreed"):
            problem = _("Look at the question about the dates and say that they were read rightly.")
            return _check_page(request, room, waiting, made, problem)
        good_only = request.POST.get("good") == "1"
        done = room.run(by=_by(request), plan=made, at=now, accept_good_rows=good_only)
    except Refusal as refusal:
        made = _plan(request, room, waiting)
        return _check_page(request, room, waiting, made, say(refusal))
    positions = [receipt.position for receipt in done.receipts]
    _keep(request, room, waiting, {
        "done": {
            "accepted": done.accepted, "already": done.already, "refused": done.refused,
            "left_out": done.left_out, "first": min(positions, default=None),
            "last": max(positions, default=None), "at": now.isoformat(),
        }
    })  # fmt: skip
    messages.success(request, room.taken(done.accepted))
    return room.to("check", token)


def errors(request: ActorRequest, room: Listing, token: str, form: str) -> HttpResponse:
    """The rows to mend as a file: each as it was sent, with what is wrong and the fix."""
    waiting = find(request, room, token)
    try:
        made = _plan(request, room, waiting)
    except Refusal:
        return room.to("check", token)
    room.note(request, made)
    kind = "csv" if form == "csv" else "xlsx"
    data = made.errors_file(_, kind)
    answer = HttpResponse(data, content_type="text/csv; charset=utf-8" if kind == "csv" else XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{_("rows-to-mend")}.{kind}"'
    answer["Cache-Control"] = "no-store"
    return answer


def discard(request: ActorRequest, room: Listing, token: str) -> HttpResponse:
    """Remove the file now."""
    waiting = find(request, room, token)
    uploads.drop(token)
    held = request.session.get(room.store, {})
    held.pop(token, None)
    request.session[room.store] = held
    messages.success(request, _("The file {name} is removed.").format(name=waiting.name))
    return redirect(room.routes)


def find(request: ActorRequest, room: Listing, token: str) -> Waiting:
    """The file of this session behind a token; another's answers like none."""
    said = request.session.get(room.store, {}).get(token)
    data = uploads.read(token) if said is not None else None
    if said is None or data is None:
        raise Http404
    return Waiting(token, said["name"], data, said)


def _columns_page(
    request: ActorRequest, room: Listing, waiting: Waiting, refusal: Refusal | None = None
) -> HttpResponse:
    fields = room.fields()
    table: Table | None = None
    proposed: ColumnMap | None = None
    try:
        table = waiting.table(room)
        proposed = propose(table, fields, waiting.columns)
    except Refusal as found:
        refusal = refusal or found
        proposed = propose(table, fields, {}) if table is not None else None
    context: dict[str, Any] = {
        "room": room,
        "discards": f"{room.routes}-discard",
        "waiting": waiting,
        "said": waiting.said,
        "table": table,
        "rows": import_pages.matching(table, proposed, fields)
        if table is not None and proposed is not None
        else [],
        "missing": import_pages.labels(proposed.missing, fields) if proposed is not None else [],
        "notes": [" ".join(import_pages.spoken(note)) for note in table.notes]
        if table is not None
        else [],
        "units": _units(request, room),
        "orders": [("dmy", _("day/month/year")), ("mdy", _("month/day/year"))],
        "converts": LABELS.items(),
        "sheets": import_pages.sheets(refusal),
        "problem": "",
        "advice": "",
    }
    if refusal is not None:
        context["problem"], context["advice"] = import_pages.parts(refusal)
    status = 422 if refusal is not None else 200
    return render(request, "importing/columns.html", context, status=status)


def _check_page(
    request: ActorRequest, room: Listing, waiting: Waiting, made: Any, problem: str = ""
) -> HttpResponse:
    done, fields = waiting.said.get("done"), room.fields()
    shown = sorted(made.findings, key=lambda f: ("error", "question", "warning").index(f.severity))
    preview = room.preview(made)
    room.note(request, made)
    context = {
        "room": room,
        **{step: f"{room.routes}-{step}" for step in ("columns", "discard", "accept", "errors")},
        "waiting": waiting,
        "made": made,
        "counts": [
            (_("Rows in the file"), len(made.table), ""),
            (_("Would go in"), len(made.operations), "good"),
            (_("Already had"), len(made.already) + len(made.repeated), "calm"),
            (_("To be mended"), len(made.bad_rows), "bad"),
        ],
        "bad": len(made.bad_rows),
        "good": len(made.operations),
        "refused": [" ".join(import_pages.spoken(finding.refusal)) for finding in made.refused],
        "doubts": [
            (import_pages.label(d.field, fields), ", ".join(d.letters)) for d in made.columns.doubts
        ],
        "questions": [" ".join(import_pages.spoken(finding.refusal)) for finding in made.questions],
        "asked": bool(made.questions) and not waiting.said.get("order"),
        "notes": [" ".join(import_pages.spoken(note)) for note in made.table.notes],
        "findings": [import_pages.told(finding) for finding in shown[:_SHOWN]],
        "more": max(0, len(shown) - _SHOWN),
        "header": preview.header,
        "preview": [
            (number, list(zip(preview.header, cells, strict=True)))
            for number, cells in preview.rows
        ],
        "problem": problem,
        "done": done,
        "done_rows": room.behind(done) if done and done["accepted"] else "",
    }
    return render(request, "importing/check.html", context, status=422 if problem else 200)


def _choose(request: ActorRequest, room: Listing, waiting: Waiting) -> None:
    """Keep what was chosen; what is no letter, field, order or unit is left out."""
    known = room.fields().by_id
    chosen = {
        name.removeprefix("column-"): value
        for name, value in request.POST.items()
        if name.startswith("column-") and len(name) < 12 and (value in known or value == "")
    }
    order = request.POST.get("order", "")
    units = {unit for unit, _name in _units(request, room)}
    unit = request.POST.get("unit", "")
    _keep(request, room, waiting, {
        "columns": dict(list(chosen.items())[: DEFAULT.columns]),
        "order": order if order in get_args(Order) else "",
        "unit": unit if unit in units else "",
        "successors": request.POST.get("successors") == "1",
        "sheet": request.POST.get("sheet", "").strip()[:80],
        "convert": request.POST.get("convert", "") if request.POST.get("convert") in LABELS else "",
        "done": None,
    })  # fmt: skip


def _plan(
    request: ActorRequest, room: Listing, waiting: Waiting, now: datetime | None = None
) -> Any:
    at = now or clock.now()
    return room.plan(
        by=_by(request), table=waiting.table(room), on=at.date(), at=at,
        choices=waiting.choices(room),
    )  # fmt: skip


def _by(request: ActorRequest) -> Actor:
    """The actor by way of an import, in the language of the page."""
    return replace(request.actor, channel="import", language=language())


def _remember(request: ActorRequest, room: Listing, name: str, data: bytes) -> str:
    held: dict[str, Any] = request.session.get(room.store, {})
    while len(held) >= _FILES:
        oldest = next(iter(held))
        uploads.drop(oldest)
        held.pop(oldest)
    token = uploads.keep(data)
    units = _units(request, room)
    held[token] = {"name": name, "columns": {}, "unit": units[0][0] if units else ""}
    request.session[room.store] = held
    return token


def _keep(request: ActorRequest, room: Listing, waiting: Waiting, changed: dict[str, Any]) -> None:
    held = request.session.get(room.store, {})
    held[waiting.token] = waiting.said | changed
    request.session[room.store] = held


def _units(request: ActorRequest, room: Listing) -> list[tuple[str, str]]:
    atlas, scope = registry.atlas(), policies.scope(request.actor, room.right)
    units = dict.fromkeys(post.unit for post in request.actor.posts)
    return [
        (str(unit), atlas.full_name(unit, request.actor.on))
        for unit in units
        if scope.covers(unit) and atlas.unit(unit) is not None
    ]


def _name(text: str | None) -> str:
    """The name of a file for messages: no path, no control letters, not too long."""
    bare = (text or "").replace("\\", "/").rpartition("/")[2]
    shown = "".join(letter for letter in bare if letter.isprintable())
    return shown[:100] or _("file")
