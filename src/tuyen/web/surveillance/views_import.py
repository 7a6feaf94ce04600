"""A line list from a file: sent, its columns matched, tried, and its good rows taken.

Nothing is written before somebody who has seen what would happen says so.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any, get_args
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuyen.apps.access import clock, policies, world
from tuyen.apps.access.actors import Actor
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance.imports import Choices, ImportPlan, fields, plan, run
from tuyen.engines.exchange.columns import ColumnMap
from tuyen.engines.exchange.dates import Order
from tuyen.engines.exchange.legacy import LABELS
from tuyen.engines.exchange.limits import DEFAULT, check_size
from tuyen.engines.exchange.refusals import ExchangeRefusal
from tuyen.engines.exchange.tabular import Table, read_table
from tuyen.kernel.refusal import Refusal
from tuyen.web.access import ActorRequest, screen
from tuyen.web.sentences import say
from tuyen.web.surveillance import filters, import_pages, uploads, words
from tuyen.web.surveillance.views_export import XLSX

IMPORT = "surveillance.case.import"
_STORE = "surveillance.imports"
_FILES = 5  # of one session at a time
_SHOWN = 100
_PREVIEW = 8


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

    def table(self) -> Table:
        """The table in the file, read as chosen."""
        return read_table(
            self.data,
            self.name,
            vocabulary=fields().vocabulary,
            sheet=self.said.get("sheet") or None,
            convert=self.said.get("convert") or None,
        )

    def choices(self) -> Choices:
        unit = self.said.get("unit")
        return Choices(
            columns=self.columns,
            date_order=self.said.get("order") or None,
            unit=UUID(unit) if unit else None,
            accept_successors=bool(self.said.get("successors")),
        )


@screen(right=IMPORT)
@require_http_methods(["GET", "POST"])
def start(request: ActorRequest) -> HttpResponse:
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
                return redirect("case-import-columns", token=_remember(request, name, data))
    context = {
        "problem": problem,
        "advice": advice,
        "megabytes": DEFAULT.size // 2**20,
        "most_rows": DEFAULT.rows,
        "waiting": [
            (token, said["name"]) for token, said in request.session.get(_STORE, {}).items()
        ],
    }
    return render(
        request, "surveillance/import_start.html", context, status=422 if problem else 200
    )


@screen(right=IMPORT)
@require_http_methods(["GET", "POST"])
def columns(request: ActorRequest, token: str) -> HttpResponse:
    """Which column is which field: proposed from the headers, decided by the person."""
    waiting = _find(request, token)
    if request.method == "POST":
        _choose(request, waiting)
        return redirect("case-import-check", token=token)
    return _columns_page(request, waiting)


@screen(right=IMPORT)
@require_GET
def check(request: ActorRequest, token: str) -> HttpResponse:
    """What would happen to each row; nothing is written."""
    waiting = _find(request, token)
    try:
        made = _plan(request, waiting)
    except Refusal as refusal:
        return _columns_page(request, waiting, refusal)
    return _check_page(request, waiting, made)


@screen(right=IMPORT)
@require_POST
def accept(request: ActorRequest, token: str) -> HttpResponse:
    """Take the good rows: each becomes a case report with its receipt."""
    waiting = _find(request, token)
    now = clock.now()
    try:
        made = _plan(request, waiting, now)
        if made.questions and not waiting.said.get("order") and not request.POST.get("agreed"):
            problem = _("Look at the question about the dates and say that they were read rightly.")
            return _check_page(request, waiting, made, problem)
        good_only = request.POST.get("good") == "1"
        done = run(by=_by(request), plan=made, at=now, accept_good_rows=good_only)
    except Refusal as refusal:
        return _check_page(request, waiting, _plan(request, waiting), words.said(refusal))
    positions = [receipt.position for receipt in done.receipts]
    _say(request, waiting, {
        "done": {
            "accepted": done.accepted, "already": done.already, "refused": done.refused,
            "left_out": done.left_out, "first": min(positions, default=None),
            "last": max(positions, default=None), "at": now.isoformat(),
        }
    })  # fmt: skip
    messages.success(
        request,
        ngettext("%(n)s case report was taken.", "%(n)s case reports were taken.", done.accepted)
        % {"n": done.accepted},
    )
    return redirect("case-import-check", token=token)


@screen(right=IMPORT)
@require_GET
def errors(request: ActorRequest, token: str, form: str) -> HttpResponse:
    """The rows to mend as a file: each as it was sent, with what is wrong and the fix."""
    waiting = _find(request, token)
    try:
        made = _plan(request, waiting)
    except Refusal:
        return redirect("case-import-check", token=token)
    kind = "csv" if form == "csv" else "xlsx"
    data = made.errors_file(_, kind)
    answer = HttpResponse(data, content_type="text/csv; charset=utf-8" if kind == "csv" else XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{_("rows-to-mend")}.{kind}"'
    answer["Cache-Control"] = "no-store"
    return answer


@screen(right=IMPORT)
@require_POST
def discard(request: ActorRequest, token: str) -> HttpResponse:
    """Remove the file now."""
    waiting = _find(request, token)
    uploads.drop(token)
    held = request.session.get(_STORE, {})
    held.pop(token, None)
    request.session[_STORE] = held
    messages.success(request, _("The file {name} is removed.").format(name=waiting.name))
    return redirect("case-import")


def _columns_page(
    request: ActorRequest, waiting: Waiting, refusal: Refusal | None = None
) -> HttpResponse:
    table: Table | None = None
    proposed: ColumnMap | None = None
    try:
        table = waiting.table()
        proposed = import_pages.matched(table, waiting.columns)
    except Refusal as found:
        refusal = refusal or found
        proposed = import_pages.matched(table, {}) if table is not None else None
    context: dict[str, Any] = {
        "waiting": waiting,
        "said": waiting.said,
        "table": table,
        "rows": import_pages.matching(table, proposed)
        if table is not None and proposed is not None
        else [],
        "missing": import_pages.labels(proposed.missing) if proposed is not None else [],
        "notes": [" ".join(import_pages.spoken(note)) for note in table.notes]
        if table is not None
        else [],
        "units": _units(request),
        "orders": [("dmy", _("day/month/year")), ("mdy", _("month/day/year"))],
        "converts": LABELS.items(),
        "sheets": import_pages.sheets(refusal),
        "problem": "",
        "advice": "",
    }
    if refusal is not None:
        context["problem"], context["advice"] = import_pages.parts(refusal)
    status = 422 if refusal is not None else 200
    return render(request, "surveillance/import_columns.html", context, status=status)


def _check_page(
    request: ActorRequest, waiting: Waiting, made: ImportPlan, problem: str = ""
) -> HttpResponse:
    atlas, lang = registry.atlas(), words.language()
    done = waiting.said.get("done")
    shown = sorted(made.findings, key=lambda f: ("error", "question", "warning").index(f.severity))
    context = {
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
            (import_pages.label(d.field), ", ".join(d.letters)) for d in made.columns.doubts
        ],
        "questions": [" ".join(import_pages.spoken(finding.refusal)) for finding in made.questions],
        "asked": bool(made.questions) and not waiting.said.get("order"),
        "notes": [" ".join(import_pages.spoken(note)) for note in made.table.notes],
        "findings": [import_pages.told(finding) for finding in shown[:_SHOWN]],
        "more": max(0, len(shown) - _SHOWN),
        "preview": [
            {
                "row": number,
                "name": draft.name or _("Name not given"),
                "disease": words.disease(draft.disease),
                "onset": draft.onset_on,
                "place": atlas.full_name(draft.village or draft.commune, draft.onset_on),
                "class": words.word(words.CLASSIFICATION, draft.classification),
                "sex": words.word(words.SEX, draft.sex),
            }
            for number, draft in islice(zip(made.rows, made.drafts, strict=True), _PREVIEW)
        ],
        "problem": problem,
        "done": done,
        "done_rows": filters.rows(received_after=_just_before(done["at"]))
        if done and done["accepted"]
        else "",
        "language": lang,
    }
    return render(
        request, "surveillance/import_check.html", context, status=422 if problem else 200
    )


def _choose(request: ActorRequest, waiting: Waiting) -> None:
    """Keep what was chosen; what is no letter, field, order or unit is left out."""
    known = fields().by_id
    chosen = {
        name.removeprefix("column-"): value
        for name, value in request.POST.items()
        if name.startswith("column-") and len(name) < 12 and (value in known or value == "")
    }
    order = request.POST.get("order", "")
    units = {unit for unit, _name in _units(request)}
    unit = request.POST.get("unit", "")
    _say(request, waiting, {
        "columns": dict(list(chosen.items())[: DEFAULT.columns]),
        "order": order if order in get_args(Order) else "",
        "unit": unit if unit in units else "",
        "successors": request.POST.get("successors") == "1",
        "sheet": request.POST.get("sheet", "").strip()[:80],
        "convert": request.POST.get("convert", "") if request.POST.get("convert") in LABELS else "",
        "done": None,
    })  # fmt: skip


def _plan(request: ActorRequest, waiting: Waiting, now: datetime | None = None) -> ImportPlan:
    at = now or clock.now()
    return plan(
        by=_by(request), table=waiting.table(), on=at.date(), at=at, choices=waiting.choices()
    )


def _by(request: ActorRequest) -> Actor:
    """The actor by way of an import, in the language of the page."""
    return replace(request.actor, channel="import", language=words.language())


def _remember(request: ActorRequest, name: str, data: bytes) -> str:
    held: dict[str, Any] = request.session.get(_STORE, {})
    while len(held) >= _FILES:
        oldest = next(iter(held))
        uploads.drop(oldest)
        held.pop(oldest)
    token = uploads.keep(data)
    units = _units(request)
    held[token] = {"name": name, "columns": {}, "unit": units[0][0] if units else ""}
    request.session[_STORE] = held
    return token


def _find(request: ActorRequest, token: str) -> Waiting:
    """The file of this session behind a token; another's answers like none."""
    said = request.session.get(_STORE, {}).get(token)
    data = uploads.read(token) if said is not None else None
    if said is None or data is None:
        raise Http404
    return Waiting(token, said["name"], data, said)


def _say(request: ActorRequest, waiting: Waiting, changed: dict[str, Any]) -> None:
    held = request.session.get(_STORE, {})
    held[waiting.token] = waiting.said | changed
    request.session[_STORE] = held


def _units(request: ActorRequest) -> list[tuple[str, str]]:
    atlas, scope = registry.atlas(), policies.scope(request.actor, IMPORT)
    units = dict.fromkeys(post.unit for post in request.actor.posts)
    return [
        (str(unit), atlas.full_name(unit, request.actor.on))
        for unit in units
        if scope.covers(unit) and atlas.unit(unit) is not None
    ]


def _just_before(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(microsecond=0)


def _name(text: str | None) -> str:
    """The name of a file for messages: no path, no control letters, not too long."""
    bare = (text or "").replace("\\", "/").rpartition("/")[2]
    shown = "".join(letter for letter in bare if letter.isprintable())
    return shown[:100] or _("file")
