"""Refusals of the insurer: by reason, one by one, and the file they come in."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.claims import imports, queries
from tuyen.apps.claims.operations import ImportAnswers
from tuyen.apps.claims.refusals import BadAnswerFile
from tuyen.apps.journal.services import commit
from tuyen.engines.exchange.refusals import ExchangeRefusal
from tuyen.kernel.operation import Operation
from tuyen.kernel.refusal import Refusal
from tuyen.web.access import ActorRequest, screen
from tuyen.web.claims import words
from tuyen.web.claims.views_catalogues import units
from tuyen.web.claims.views_desk import tabs

MOST_BYTES = 10_000_000


@screen(right=queries.READ)
@require_GET
def denials(request: ActorRequest) -> HttpResponse:
    """Refusals of a span of months."""
    return _show(request)


@screen(right=queries.SETTLE)
@require_POST
def import_answers(request: ActorRequest) -> HttpResponse:
    """Read a file of the insurer's answers."""
    chosen = units(request, queries.SETTLE)
    unit = words.as_uuid(request.POST.get("unit", "")) or (chosen[0][0] if chosen else None)
    on = words.day(request.POST.get("on", ""))
    upload = request.FILES.get("file")
    if unit is None or not policies.may(request.actor, queries.SETTLE, unit) or on is None:
        return _show(request, [_("Choose the facility and the day of the answer.")])
    if upload is None or (upload.size or 0) > MOST_BYTES:
        return _show(request, [_("Choose the file of answers, at most 10 MB.")])
    try:
        payloads = imports.read_answers(upload.read(), upload.name or "", on)
    except BadAnswerFile as refusal:
        return _show(request, [words.said(one) for one in (refusal, *refusal.others)])
    except (ExchangeRefusal, Refusal) as refusal:
        return _show(request, [words.said(refusal)])
    now = clock.now()
    receipts = commit(
        by=request.actor, at=now,
        operations=[Operation.of(p, unit=unit, happened_on=now.date(), recorded_at=now)
                    for p in payloads],
    )  # fmt: skip
    problems = [words.said(r.refusal) for r in receipts if r.refusal is not None]
    if problems:
        return _show(request, problems)
    n = sum(len(payload.answers) for payload in payloads if isinstance(payload, ImportAnswers))
    messages.success(
        request, ngettext("{n} answer was read.", "{n} answers were read.", n).format(n=n)
    )
    return redirect("claim-denials")


def _show(request: ActorRequest, problems: list[str] | None = None) -> HttpResponse:
    by, today = request.actor, clock.today()
    last = request.GET.get("last", "")[:7] or f"{today:%Y-%m}"
    first = request.GET.get("first", "")[:7] or f"{date(today.year - 1, today.month, 1):%Y-%m}"
    rows = queries.denials(by=by, first=first, last=last)
    shares = queries.reasons(by=by, first=first, last=last)
    most = max((share.amount for share in shares), default=0)
    context = {
        "tabs": tabs(request), "first": first, "last": last, "problems": problems or [],
        "rows": [(row, *words.refusal(row.state), _(words.MATCHES.get(row.status, row.status)))
                 for row in rows],
        "shares": [(share, float(share.amount / most) if most else 0.0) for share in shares[:15]],
        "risks": queries.at_risk(by=by, on=today), "as_of": clock.now(), "today": today,
        "may_import": policies.may(by, queries.SETTLE), "units": units(request, queries.SETTLE),
    }  # fmt: skip
    return render(request, "claims/denials.html", context, status=422 if problems else 200)
