"""Drills in the real installation: start one, keep what it came to, and mend what it found."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.access import queries as access
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.drills import meeting
from tuyen.apps.surveillance.drills.addresses import checked
from tuyen.apps.surveillance.operations.drills import AssignDrillFinding, SettleDrillFinding
from tuyen.kernel.ids import NODE
from tuyen.kernel.operation import Operation, Payload, Receipt
from tuyen.kernel.refusal import Refusal
from tuyen.rules.surveillance import drills as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.sentences import say
from tuyen.web.surveillance import drill_folders, drill_words, views_drill, words

READ, RUN = "surveillance.drill.read", "surveillance.drill.run"
TRAIN = "workforce.training.plan"
SPEEDS = (1, 10, 60, 120, 500)


@screen(right=READ)
@require_GET
def drills(request: ActorRequest) -> HttpResponse:
    """In a drill its control panel; in reality those that run, those that were, and their findings."""
    if clock.is_drill():
        return views_drill.panel(request)
    return _page(request, {"speed": 60, "seed": "1"})


def _page(request: ActorRequest, given: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """The page with the form as it was filled in."""
    by, host = request.actor, request.get_host().partition(":")[0]
    records = queries.drill_records(by=by)
    kept = queries.recorded_drills(by=by)
    made = drill_folders.made()
    latest = drill_folders.last_start(clock.real_now())
    context = {
        "scenarios": [drill_words.scenario(each) for each in rules.scenarios()],
        "speeds": SPEEDS,
        "made": [
            {"row": each, "name": drill_words.name(each.scenario), "kept": each.drill in kept,
             "href": f"{request.scheme}://{host}:{each.port}/drills/",
             "logins": [{**login, "part": drill_words.role(login["role"])} for login in each.logins]}
            for each in made
        ],
        "waiting": latest.waits,
        "fault": latest.fault,
        "given": given,
        "here": reverse("drills"),
        "records": [drill_words.record(row) for row in records],
        "curve": drill_words.compared(records),
        "findings": _findings(request),
        "may": policies.may(by, RUN),
        "as_of": clock.now(),
    }  # fmt: skip
    return render(request, "surveillance/drills.html", context, status=status)


@screen(right=RUN)
@require_POST
def start(request: ActorRequest) -> HttpResponse:
    """Start a drill beside this installation: nothing here changes."""
    if clock.is_drill():
        raise Http404
    speed, seed = _number(request, "speed", 60), _number(request, "seed", 1)
    join, code = ("".join(request.POST.get(name, "").split())[:300] for name in ("join", "code"))
    given: dict[str, Any] = {"scenario": request.POST.get("scenario", ""), "speed": speed,
             "seed": request.POST.get("seed", "")[:10], "join": join, "code": code}  # fmt: skip
    try:
        scenario = rules.scenario(given["scenario"])
        if join or code:
            meeting.check_joint(scenario.id)
            join = checked(join, this_machine=settings.LOOPBACK)
            code = meeting.typed(code)
    except Refusal as refusal:
        return _page(request, given | {"wrong": say(refusal)}, status=400)
    if speed not in SPEEDS or not 0 <= seed <= 2**31:
        wrong = _("Choose a speed from the list, and a seed from 0 to 2147483648.")
        return _page(request, given | {"wrong": wrong}, status=400)
    drill_folders.start(
        scenario.id, speed=speed, seed=seed, join=join, code=code, now=clock.real_now()
    )
    messages.success(
        request,
        _("The walled copy is being made. It appears below within a few minutes, with its logins."),
    )
    return redirect("drills")


@screen(right=RUN)
@require_POST
def record(request: ActorRequest) -> HttpResponse:
    """Keep what a drill came to: its numbers and findings, in a person's name."""
    found = drill_folders.the(request.POST.get("folder", ""))
    if clock.is_drill() or found is None or found.result is None:
        raise Http404
    receipt = _commit(request, found.result)
    if receipt.refusal is not None:
        messages.error(request, words.said(receipt.refusal))
        return redirect("drills")
    messages.success(request, _("Kept. Give each finding its owner and its day."))
    return redirect("drill-record", receipt.id)


@screen(right=READ)
@require_GET
def one(request: ActorRequest, id: UUID) -> HttpResponse:
    """What an earlier drill came to, with its findings; made to be printed."""
    row = queries.drill_record(by=request.actor, id=id)
    if row is None:
        raise Http404
    names = access.names({row.recorded_by})
    context = {
        "row": drill_words.record(row),
        "score": drill_words.score(row.scenario, row.score),
        "findings": _findings(request, row.id),
        "recorder": names.get(row.recorded_by, ""),
        "may": policies.may(request.actor, RUN),
        "may_file": policies.may(request.actor, TRAIN),
        "trail": [(_("Drills"), reverse("drills")), (drill_words.name(row.scenario), None)],
    }
    return render(request, "surveillance/drill_record.html", context)


@screen(right=RUN)
@require_POST
def finding(request: ActorRequest, id: UUID) -> HttpResponse:
    """Give a finding its owner and day, or settle it."""
    back = redirect(_back(request))
    if request.POST.get("what") == "settle":
        payload: Payload | None = SettleDrillFinding(
            finding=id, note=request.POST.get("note", "").strip()[:500] or "–––"
        )
        if len(request.POST.get("note", "").strip()) < 3:
            payload = None
    else:
        payload = _assignment(request, id)
    if payload is None:
        messages.error(
            request, _("Not saved yet: fill in the owner and the day, or what was done.")
        )
        return back
    receipt = _commit(request, payload)
    if receipt.refusal is not None:
        messages.error(request, words.said(receipt.refusal))
    else:
        messages.success(request, _("Saved."))
    return back


def _assignment(request: ActorRequest, id: UUID) -> AssignDrillFinding | None:
    login, day = request.POST.get("owner", "").strip(), request.POST.get("due", "").strip()
    user = access.ids_by_login([login]).get(login) if login else None
    try:
        year, month, number = (int(part) for part in reversed(day.split("/")))
        due = date(year, month, number)
    except ValueError:
        return None
    return AssignDrillFinding(finding=id, owner=user, due_on=due) if user else None


def _findings(request: ActorRequest, record: UUID | None = None) -> list[dict[str, Any]]:
    rows = queries.drill_findings(by=request.actor, record=record)
    names, today = access.names({row.owner for row in rows if row.owner}), clock.today()
    return [
        {"row": row, "name": drill_words.name(row.scenario),
         "text": drill_words.finding(row.scenario, row.code, row.text),
         "owner": names.get(row.owner, "") if row.owner else "",
         "late": row.done_on is None and row.due_on is not None and row.due_on < today}
        for row in rows
    ]  # fmt: skip


def _commit(request: ActorRequest, payload: Payload) -> Receipt:
    now, posts = clock.now(), request.actor.posts
    operation = Operation.of(
        payload, unit=posts[0].unit if posts else NODE, happened_on=now.date(), recorded_at=now
    )
    return commit(by=request.actor, operations=[operation], at=now)[0]


def _number(request: ActorRequest, name: str, default: int) -> int:
    text = request.POST.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 11 else default


def _back(request: ActorRequest) -> str:
    to = request.POST.get("next", "")
    return to if to.startswith(reverse("drills")) and "//" not in to else reverse("drills")
