"""The review of the network: sites and their criteria, weights that are moved, a review written down."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuyen.apps.access import clock, policies, world
from tuyen.apps.network import queries
from tuyen.apps.network.operations import (
    AmendReview,
    AttachSitePhotograph,
    ReviewSite,
    VoidReview,
)
from tuyen.apps.network.queries import Network, SiteRow
from tuyen.engines.exchange.write import write_csv
from tuyen.kernel.ids import uuid7
from tuyen.kernel.photographs import reduced
from tuyen.rules import network as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.network import review_forms, words
from tuyen.web.network.sending import send
from tuyen.web.network.tabs import tabs
from tuyen.web.typed import whole

READ, REVIEW = queries.READ, queries.REVIEW
_SHOWN = 12
"""Communes on one page of the ranking."""


def weights_of(given: Mapping[str, Any]) -> list[float]:
    """The weights that an address carries (``w-central=25``), else those of the rules."""
    found = []
    for one in rules.criteria():
        value = whole(str(given.get(f"w-{one.key}", "")))
        found.append(float(min(value, 100)) if value is not None and value >= 0 else one.weight)
    return found


@screen(right=READ)
@require_GET
def sites(request: ActorRequest) -> HttpResponse:
    """Every site, commune by commune, ranked under weights that the reader moves."""
    on = clock.today()
    weights = weights_of(request.GET)
    found = queries.network(by=request.actor, on=on, weights=weights)
    if request.GET.get("form") == "csv":
        return _csv(found)
    show = request.GET.get("show", "")
    rows = [row for row in found.rows if _wanted(row, show)]
    rows.sort(key=lambda row: (row.commune_name, row.order))
    groups = [(name, list(own)) for name, own in groupby(rows, key=lambda row: row.commune_name)]
    page = max(1, whole(request.GET.get("page", "1")) or 1)
    pages = max(1, -(-len(groups) // _SHOWN))
    page = min(page, pages)
    query = request.GET.copy()
    query.pop("page", None)
    rest = query.urlencode()
    query["form"] = "csv"
    context = {
        "groups": [(name, [_line(row) for row in own]) for name, own in
                   groups[(page - 1) * _SHOWN : page * _SHOWN]],
        "found": found, "percent": found.percent, "missing": len(found.rows) - found.reviewed,
        "sliders": _sliders(weights), "show": show, "as_of": clock.now(), "rest": rest,
        "page": page, "pages": pages, "csv": f"?{query.urlencode()}",
        "proposed": not rules.verified("criteria"), "heads": _heads(), "tabs": tabs(request),
        "way": found.way,
        "unclear": sum(row.verdict == "discuss" and row.order == 1 for row in found.rows),
    }  # fmt: skip
    return render(request, "network/sites.html", context)


def _wanted(row: SiteRow, show: str) -> bool:
    return {
        "waiting": row.review is None,
        "discuss": row.verdict in ("discuss", "leaning"),
    }.get(show, True)


def _heads() -> list[str]:
    return [words.told(one.name) for one in rules.criteria()]


def _sliders(weights: Sequence[float]) -> list[dict[str, Any]]:
    total = sum(weights)
    return [
        {"key": f"w-{one.key}", "name": words.told(one.name), "measure": words.told(one.measure),
         "value": round(weight), "share": weight / total if total else 1 / len(weights)}
        for one, weight in zip(rules.criteria(), weights, strict=True)
    ]  # fmt: skip


def _line(row: SiteRow) -> dict[str, Any]:
    return {
        "row": row, "href": reverse("network-site", args=[row.unit]),
        "scores": [words.shown(one) for one in row.scores], "total": row.total,
        "verdict": words.VERDICT[row.verdict], "tone": words.VERDICT_TONE[row.verdict],
        "first": row.order == 1,
    }  # fmt: skip


def _csv(found: Network) -> HttpResponse:
    heads = [_("Commune"), _("Site"), _("Place in the commune"), _("Weighted points"),
             _("Best under this share of weights"), _("Reviewed on"), *_heads()]  # fmt: skip
    rows = [
        [row.commune_name, row.name, row.order, round(row.total, 1), round(row.share, 3),
         row.reviewed_on, *(None if s.points is None else round(s.points, 1) for s in row.scores)]
        for row in found.rows
    ]  # fmt: skip
    body = write_csv(heads, rows, title=f"{world.WORDS}" if world.played() else "")
    name = f"sites-{clock.today():%Y-%m-%d}.csv"
    return HttpResponse(
        body, content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


@screen(right=READ)
@require_http_methods(["GET", "POST"])
def site(request: ActorRequest, unit: UUID) -> HttpResponse:
    """A site: its criteria with what they rest on, its reviews, its rivals in the commune."""
    by, on = request.actor, clock.today()
    page = queries.site(by=by, unit=unit, on=on)
    if page is None:
        raise Http404
    may_review = policies.may(by, REVIEW, unit)
    problems = _void(request, unit, may_review) if request.method == "POST" else []
    if request.method == "POST" and not problems:
        messages.success(request, _("The review counts no more."))
        return redirect("network-site", unit=unit)
    now = next((one for one in page.reviews if one.id == page.row.review), None)
    context = {
        "page": page, "row": page.row, "way": page.way, "scores": [words.shown(one) for one in page.row.scores],
        "rivals": [_line(row) for row in page.rivals], "may_review": may_review, "now": now,
        "problems": problems, "answers": _answers(now) if now else {}, "heads": _heads(),
        "national": _national(page), "room": rules.photographs().most - len(now.photographs if now else ()),
        "criteria": [(one.key, words.told(one.name)) for one in rules.criteria()],
        "photographs": [(id, words.criterion(key) if key else "", caption)
                        for id, key, caption in (now.photographs if now else ())],
        "reviews": [(one, words.STATE[one.state]) for one in page.reviews],
        "as_of": clock.now(),
        "trail": [(_("Review of sites"), reverse("network-sites")), (page.row.name, None)],
    }  # fmt: skip
    return render(request, "network/site.html", context, status=422 if problems else 200)


def _answers(now: queries.ReviewRow) -> dict[str, Any]:
    return {
        "transport": words.answer("transport", now.transport) if now.transport else "–",
        "terrain": words.answer("terrain", now.terrain) if now.terrain else "–",
        "conditions": [(words.answer("readiness", key), words.answer("levels", level), level)
                       for key, level in now.conditions.items()],
        "staff": [(words.post(key), number) for key, number in now.staff.items()],
        "money": [(label, value) for label, value in (
            (_("Upgrade to a main station"), now.refurbish),
            (_("Yearly running cost as main station"), now.run_main),
            (_("Yearly running cost as satellite point"), now.run_satellite)) if value is not None],
    }  # fmt: skip


def _national(page: queries.SitePage) -> dict[str, Any] | None:
    if page.national is None:
        return None
    told = page.national
    verdict = {
        None: (_("not all criteria are marked"), "plain"),
        True: (_("passes"), "good"),
        False: (_("does not pass"), "bad"),
    }[told.passes]
    return {"told": told, "verdict": verdict, "weak": [words.national(key) for key in told.weak]}


def _void(request: ActorRequest, unit: UUID, may: bool) -> list[str]:
    given = words.as_uuid(request.POST.get("review", ""))
    reason = request.POST.get("reason", "").strip()[:500]
    if not may:
        return [_("Your post does not write here.")]
    if given is None or len(reason) < 3:
        return [_("Say why the review does not count.")]
    return send(request, VoidReview(review=given, reason=reason), unit)[1]


@screen(right=REVIEW)
@require_http_methods(["GET", "POST"])
def review(request: ActorRequest, unit: UUID) -> HttpResponse:
    """A review written down, or one amended (``?amend=``): one page, one request, nothing typed is lost."""
    by, on = request.actor, clock.today()
    page = queries.site(by=by, unit=unit, on=on)
    if page is None or not policies.may(by, REVIEW, unit):
        raise Http404
    amended = next((one for one in page.reviews if one.state == "standing"
                    and one.id == words.as_uuid(request.GET.get("amend", ""))), None)  # fmt: skip
    given: Mapping[str, Any] = request.POST
    typed, problems = None, []
    if request.method == "POST":
        typed = review_forms.parsed(given)
        problems = list(typed.problems) or _kept(request, unit, typed, amended)
        if not problems:
            messages.success(request, _("The review is kept."))
            return redirect("network-site", unit=unit)
    elif amended is not None:
        given = review_forms.filled(amended)
    context = {
        "row": page.row, "given": given, "problems": problems, "today": on, "amended": amended,
        "lines": review_forms.lines(given, typed, list(page.row.scores)),
        "wrong": typed.at if typed else {}, "id": given.get("id") or uuid7(),
        "proposed": not rules.verified("answers"),
        "trail": [(_("Review of sites"), reverse("network-sites")),
                  (page.row.name, reverse("network-site", args=[unit])), (_("Review"), None)],
    }  # fmt: skip
    return render(request, "network/review.html", context, status=422 if problems else 200)


def _kept(
    request: ActorRequest, unit: UUID, typed: review_forms.Typed, amended: queries.ReviewRow | None
) -> list[str]:
    """Commit what was typed; the sentences of what was refused."""
    assert typed.found is not None
    id = words.as_uuid(request.POST.get("id", "")) or uuid7()
    if amended is None:
        return send(request, ReviewSite(found=typed.found), unit, on=typed.on, id=id)[1]
    reason = request.POST.get("reason", "").strip()[:500]
    if len(reason) < 3:
        return [_("Say why the review is amended.")]
    payload = AmendReview(review=amended.id, found=typed.found, reason=reason)
    return send(request, payload, unit, id=id)[1]


@screen(right=REVIEW)
@require_POST
def attach(request: ActorRequest, unit: UUID) -> HttpResponse:
    """Photographs of the standing review, reduced, without the place and the camera."""
    page = queries.site(by=request.actor, unit=unit, on=clock.today())
    if page is None or page.row.review is None or not policies.may(request.actor, REVIEW, unit):
        raise Http404
    rule, kept = rules.photographs(), 0
    key = request.POST.get("criterion", "")
    for sent in request.FILES.getlist("photographs")[: rule.most]:
        jpeg = reduced(sent.read(), rule.side, rule.bytes)
        if jpeg is None:
            messages.error(request, _("{name} is no photograph that can be read; take it again.").format(
                name=(sent.name or "")[:60]))  # fmt: skip
            continue
        payload = AttachSitePhotograph(
            review=page.row.review, jpeg=jpeg, caption=request.POST.get("caption", "").strip()[:120],
            criterion=key if key in {one.key for one in rules.criteria()} else "",
        )  # fmt: skip
        problems = send(request, payload, unit)[1]
        for sentence in problems:
            messages.error(request, sentence)
        kept += not problems
    if kept:
        messages.success(request, ngettext("{n} photograph is kept.", "{n} photographs are kept.",
                                           kept).format(n=kept))  # fmt: skip
    return redirect("network-site", unit=unit)


@screen(right=READ)
@require_GET
def photograph(request: ActorRequest, id: UUID) -> HttpResponse:
    """A photograph of a site in reach."""
    jpeg = queries.site_photograph(by=request.actor, id=id)
    if jpeg is None:
        raise Http404
    return HttpResponse(
        jpeg, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"}
    )
