"""What happened, what was refused and can be mended, and the proof that nothing was changed."""

from functools import partial
from typing import Any
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.services import record_readings
from tuyen.apps.journal import doctor as health
from tuyen.apps.journal import queries
from tuyen.apps.journal.operations import WithdrawRefused
from tuyen.apps.journal.services import commit
from tuyen.apps.journal.verify import verify
from tuyen.apps.registry import queries as registry
from tuyen.kernel.operation import KINDS, Operation
from tuyen.web.access import ActorRequest, screen
from tuyen.web.journal.repair import RepairForm
from tuyen.web.journal.words import channel_name, kind_name
from tuyen.web.sentences import refused as sentences
from tuyen.web.sentences import say

PAGE = 50


@screen(right=queries.READ)
@require_GET
def operations(request: ActorRequest) -> HttpResponse:
    """The newest operations of the reader's units, each opening to its whole content."""
    before = request.GET.get("before", "")
    kind = request.GET.get("kind", "")
    kept = queries.operations(
        by=request.actor,
        before=int(before) if before.isdigit() else None,
        kind=kind,
        limit=PAGE + 1,
    )
    rows = _rows(kept[:PAGE])
    context = {
        "rows": rows,
        "kind": kind,
        "kinds": sorted(
            ((known.name, kind_name(known.name)) for known in KINDS), key=lambda pair: pair[1]
        ),
        "older": kept[PAGE - 1].position if len(kept) > PAGE else None,
        "refused_count": queries.refused_count(by=request.actor),
        "as_of": clock.now(),
    }
    return render(request, "journal/operations.html", context)


@screen(right=queries.READ)
@require_GET
def operation(request: ActorRequest, id: UUID) -> HttpResponse:
    """One operation: its receipt, its content, and what corrected it since."""
    kept = queries.operation(by=request.actor, id=id)
    if kept is None:
        raise Http404
    _note(request, kept)
    context = {
        "row": _rows([kept])[0],
        "trail": [(_("Operations"), reverse("operations")), (kind_name(kept.kind), None)],
        "payload": _pairs(kept.payload),
        "withheld": kept.withheld,
        "history": _rows(queries.history(by=request.actor, of=kept.corrects or kept.id)),
    }
    return render(request, "journal/operation.html", context)


def _note(request: ActorRequest, kept: queries.Kept) -> None:
    """What is read of named people is written down."""
    if kept.named:
        record_readings(
            by=request.actor, subject="journal.operation", ids=kept.subjects, at=clock.now()
        )


@screen(right="journal.refused.repair")
@require_GET
def refused(request: ActorRequest) -> HttpResponse:
    """Operations that were refused and wait to be repaired or withdrawn."""
    return render(
        request, "journal/refused.html", {"rows": _rows(queries.refused(by=request.actor))}
    )


@screen(right="journal.refused.repair")
@require_http_methods(["GET", "POST"])
def repair(request: ActorRequest, id: UUID) -> HttpResponse:
    """Mend the fields of a refused operation and send it again, as a new one that names it."""
    kept = _open_refusal(request, id)
    _note(request, kept)
    form = RepairForm(kept, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            payload = form.payload(partial(_refilled, request.actor, kept.id))
        except msgspec.ValidationError as error:
            form.add_error(None, str(error))
        else:
            again = Operation.of(payload, unit=kept.unit, happened_on=kept.happened_on,
                                 recorded_at=clock.now(), corrects=kept.id)  # fmt: skip
            problems = sentences(commit(by=request.actor, operations=[again], at=clock.now()))
            if not problems:
                messages.success(request, _("Repaired: the operation is accepted."))
                return redirect("operation", id=again.id)
            for problem in problems:
                form.add_error(None, problem)
    trail = [(_("Refused operations"), reverse("refused")), (kind_name(kept.kind), None)]
    context = {"form": form, "row": _rows([kept])[0], "trail": trail}
    return render(request, "journal/repair.html", context, status=422 if form.errors else 200)


@screen(right="journal.refused.repair")
@require_POST
def withdraw(request: ActorRequest, id: UUID) -> HttpResponse:
    """Close a refused operation that needs no repair, with a reason."""
    kept = _open_refusal(request, id)
    reason = request.POST.get("reason", "").strip()
    if len(reason) < 3:
        messages.error(request, _("Say in a few words why it is withdrawn."))
        return redirect("refused")
    payload = WithdrawRefused(refused=kept.id, reason=reason[:300])
    operation = Operation.of(payload, unit=kept.unit, happened_on=clock.today(),
                             recorded_at=clock.now(), corrects=kept.id)  # fmt: skip
    problems = sentences(commit(by=request.actor, operations=[operation], at=clock.now()))
    for problem in problems:
        messages.error(request, problem)
    if not problems:
        messages.success(request, _("Withdrawn. It stays in the journal."))
    return redirect("refused")


@screen(right="journal.verify")
@require_http_methods(["GET", "POST"])
def proof(request: ActorRequest) -> HttpResponse:
    """Where the chain ends, and, on demand, the whole of it walked."""
    epoch, position, digest = queries.head()
    found = verify() if request.method == "POST" else None
    context = {
        "epoch": epoch,
        "position": position,
        "digest": digest,
        "proof": found,
        "at": clock.now(),
    }
    return render(request, "journal/proof.html", context)


@screen(right="system.doctor")
@require_GET
def doctor(request: ActorRequest) -> HttpResponse:
    """What is wrong with this installation and how to mend it."""
    found = health.examine(by=request.actor)
    rows = [
        {"name": finding.name, "state": finding.state,
         "tone": {"good": "good", "warning": "warn", "bad": "bad"}[finding.state],
         "sentence": _(finding.sentence).format_map(finding.values),
         "mend": _(finding.mend).format_map(finding.values) if finding.mend else ""}
        for finding in found
    ]  # fmt: skip
    return render(request, "journal/doctor.html", {"rows": rows, "as_of": clock.now()})


def _open_refusal(request: ActorRequest, id: UUID) -> queries.Kept:
    kept = queries.operation(by=request.actor, id=id)
    if kept is None or kept.refusal is None or kept.withheld or not policies.may(
        request.actor, "journal.refused.repair", kept.unit
    ):  # fmt: skip
        raise Http404
    return kept


def _refilled(by: Actor, id: UUID, payload: dict[str, Any]) -> dict[str, Any]:
    return queries.refilled(by=by, id=id, payload=payload)


def _rows(kept: list[queries.Kept]) -> list[dict[str, Any]]:
    """Entries with the names of their authors and units, and their refusals as sentences."""
    who = access.names({row.author for row in kept})
    atlas = registry.atlas()
    return [
        {
            "kept": row,
            "kind": kind_name(row.kind),
            "channel": channel_name(row.channel),
            "author": who.get(row.author, ""),
            "unit": atlas.full_name(row.unit, row.happened_on),
            "refusal": say(row.refusal) if row.refusal else "",
        }
        for row in kept
    ]


def _pairs(payload: Any) -> list[tuple[str, ...]]:
    """The fields of a payload; one that names a unit says its name and opens its page."""
    if not isinstance(payload, dict):
        return [("", str(payload))]
    atlas = registry.atlas()
    pairs: list[tuple[str, ...]] = []
    for name, value in payload.items():
        if value in (None, "", [], {}):
            continue
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        unit = _unit_id(text)
        if unit is not None and (named := atlas.full_name(unit)):
            pairs.append((name, named, reverse("unit", args=[unit])))
        else:
            pairs.append((name, text))
    return pairs


def _unit_id(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None
