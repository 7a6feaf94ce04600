"""One claim: its tables as people read them, what is found beside its field, its files and receipts."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.access import services as accounts
from tuyen.apps.claims import queries
from tuyen.apps.claims.operations import (
    ApproveClaims,
    Change,
    CorrectClaim,
    PrepareClaims,
    RepeatCheckIn,
)
from tuyen.apps.journal.services import commit
from tuyen.engines.claims.values import number
from tuyen.kernel.operation import Operation, Payload
from tuyen.web.access import ActorRequest, screen
from tuyen.web.claims import words
from tuyen.web.claims.views_desk import tabs

LINES = ("XML2", "XML3", "XML4", "XML5")
CORRECTABLE = ("accepted", "refused", "settled", "denied")


@screen(right=queries.READ)
@require_GET
def claim(request: ActorRequest, id: UUID) -> HttpResponse:
    """One claim as the record tells it now."""
    return _show(request, id)


@screen(right=queries.PREPARE)
@require_POST
def check(request: ActorRequest, id: UUID) -> HttpResponse:
    """Have the claim checked, and kept as checked."""
    return _do(request, id, PrepareClaims(claims=(id,)), _("Checked."))


@screen(right=queries.SEND)
@require_POST
def approve(request: ActorRequest, id: UUID) -> HttpResponse:
    """Agree that the claim is signed and sent."""
    return _do(
        request, id, ApproveClaims(claims=(id,)), _("Agreed to; the file goes out in its turn.")
    )


@screen(right=queries.PREPARE)
@require_POST
def correct(request: ActorRequest, id: UUID) -> HttpResponse:
    """Open a claim that was sent, to send it again with the same key."""
    given = request.POST
    reason = given.get("reason", "").strip()[:500]
    if len(reason) < 3:
        return _show(request, id, [_("Write why the claim is corrected.")])
    changes: tuple[Change, ...] = ()
    field = given.get("field", "").strip().upper()[:40]
    if field:
        table, row = given.get("table", ""), given.get("row", "1")
        if table not in _tables() or not row.isdigit() or not 0 < int(row) <= 30_000:
            return _show(request, id, [_("Choose the table and the row of the cell that changes.")])
        if field not in _fields(table):
            return _show(
                request, id, [_("{table} has no field {field}.").format(table=table, field=field)]
            )
        changes = (
            Change(table=table, row=int(row), field=field, text=given.get("text", "")[:4000]),
        )
    told = CorrectClaim(claim=id, reason=reason, changes=changes)
    return _do(request, id, told, _("Opened; check it, then send it again."))


@screen(right=queries.SEND)
@require_POST
def check_in(request: ActorRequest, id: UUID) -> HttpResponse:
    """Post the check-in again that the portal refused."""
    return _do(
        request, id, RepeatCheckIn(claims=(id,)), _("The check-in is posted again in its turn.")
    )


@screen(right=queries.READ)
@require_GET
def file(request: ActorRequest, id: UUID) -> HttpResponse:
    """The exact bytes of a file that was signed."""
    found = queries.file_of(by=request.actor, id=id)
    if found is None or not policies.may(request.actor.stating("care"), "clinical.visit.sensitive"):
        raise Http404
    row, person, content = found
    accounts.record_readings(
        by=request.actor.stating("care"), subject="registry.person", ids=[person], at=clock.now()
    )
    return HttpResponse(
        content, content_type="application/xml",
        headers={"Content-Disposition": f'attachment; filename="{row.digest[:16]}-{row.number}.xml"'},
    )  # fmt: skip


def _do(request: ActorRequest, id: UUID, payload: Payload, done: str) -> HttpResponse:
    page = queries.claim(by=request.actor, id=id, on=clock.today())
    if page is None or not policies.may(request.actor, payload.KIND.right, page.row.unit):
        raise Http404
    now = clock.now()
    operation = Operation.of(payload, unit=page.row.unit, happened_on=now.date(), recorded_at=now)
    (receipt,) = commit(by=request.actor, operations=[operation], at=now)
    if receipt.refusal is not None:
        return _show(request, id, [words.said(receipt.refusal)])
    messages.success(request, done)
    return redirect("claim", id)


def _show(request: ActorRequest, id: UUID, problems: list[str] | None = None) -> HttpResponse:
    by = request.actor
    page = queries.claim(by=by, id=id, on=clock.today())
    if page is None:
        raise Http404
    if page.tables or page.row.person:
        accounts.record_readings(
            by=by, subject="registry.person", ids=[page.row.person_id], at=clock.now()
        )
    row = page.row
    told, tone = words.state(row.state)
    context = {
        "tabs": tabs(request), "page": page, "row": row, "state": told, "tone": tone,
        "payer": _(words.PAYERS[row.payer]) if row.payer in words.PAYERS else row.payer,
        "problems": problems or [], "as_of": clock.now(), "given": request.POST,
        "findings": [_finding(one, row) for one in page.findings],
        "missing": [(one, *words.place(one.where, visit=row.id, person=row.person_id, unit=row.unit))
                    for one in page.missing],
        "tables": _shown(page), "costs": _costs(page), "files": [_file(one) for one in page.files],
        "differs": [(f"{d.table} {d.row} · {d.field}", d.before, d.after) for d in page.differs],
        "denials": [(d, *words.refusal(d.state), _(words.MATCHES.get(d.status, d.status)))
                    for d in page.denials],
        "may_check": policies.may(by, queries.PREPARE, row.unit)
        and row.state in ("open", "faulty", "ready", "approved"),
        "may_send": policies.may(by, queries.SEND, row.unit) and row.state == "ready" and not page.stale,
        "may_correct": policies.may(by, queries.PREPARE, row.unit) and row.state in CORRECTABLE,
        "check_in": words.check_in(row.check_in) if row.check_in else None,
        "entitlement": words.entitlement(row.entitlement) if row.entitlement else None,
        "may_card": bool(row.person) and policies.may(by, queries.PREPARE, row.unit),
        "may_post": policies.may(by, queries.SEND, row.unit) and row.check_in == "refused",
        "may_fetch": policies.may(by.stating("care"), "clinical.visit.sensitive", row.unit),
        "visit": words.address("visit", row.id), "table_codes": _tables(),
    }  # fmt: skip
    return render(request, "claims/claim.html", context, status=422 if problems else 200)


def _finding(one: queries.Told, row: queries.ClaimRow) -> dict[str, Any]:
    label, href = words.place(
        one.where, visit=row.id, person=row.person_id, unit=row.unit, field=one.finding.field
    )
    return {
        "finding": one.finding, "said": one.said(words.spoken()), "where": label, "href": href,
        "anchor": f"{one.finding.table}-{one.finding.row}-{one.finding.field}",
        "error": one.finding.severity == "error",
    }  # fmt: skip


def _shown(page: queries.ClaimPage) -> list[dict[str, Any]]:
    """The tables, each row with its cells that say something and what is found beside them."""
    beside: dict[tuple[str, int, str], list[str]] = defaultdict(list)
    for one in page.findings:
        at = (one.finding.table, max(one.finding.row, 1), one.finding.field)
        beside[at].append(one.said(words.spoken()))
    shown = []
    for table, rows in page.tables.items():
        cells = [
            [
                {"field": name, "text": text, "found": beside.get((table, n, name), []),
                 "anchor": f"{table}-{n}-{name}"}
                for name, text in row.items()
                if text or (table, n, name) in beside
            ]
            for n, row in enumerate(rows, start=1)
        ]  # fmt: skip
        shown.append({"code": table, "name": words.table(table), "rows": cells})
    return shown


def _costs(page: queries.ClaimPage) -> list[dict[str, Any]]:
    """Drugs and services as people read a bill: what, how much, and who pays."""
    rows = [
        (row.get("TEN_THUOC") or row.get("MA_THUOC", ""), row.get("DON_GIA", ""), row)
        for row in page.tables.get("XML2", ())
    ]
    rows += [
        (row.get("TEN_DICH_VU") or row.get("MA_DICH_VU", ""), row.get("DON_GIA_BV", ""), row)
        for row in page.tables.get("XML3", ())
    ]
    money = ("THANH_TIEN_BV", "T_BHTT", "T_BNCCT", "T_BNTT", "T_NGUONKHAC")
    return [
        {"name": name, "quantity": number(row.get("SO_LUONG", "")), "price": number(price),
         "money": [number(row.get(field, "")) for field in money]}
        for name, price, row in rows
    ]  # fmt: skip


def _file(row: queries.FileRow) -> dict[str, Any]:
    told, tone = words.state(row.state)
    tries = [(at, _(words.OUTCOMES.get(outcome, outcome)), number, message)
             for at, outcome, number, message in row.attempts]  # fmt: skip
    received = words.portal_time(row.received)
    return {"row": row, "state": told, "tone": tone, "tries": tries, "received": received}


def _tables() -> list[str]:
    return [f"XML{n}" for n in range(1, 16) if n != 12]


def _fields(table: str) -> set[str]:
    from tuyen.rules.claims import book

    return {row["name"] for row in book.material()["fields"] if row["table"] == table}
