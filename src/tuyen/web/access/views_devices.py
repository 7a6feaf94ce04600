"""Tablets and sessions: one's own, and those of the people one answers for."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuyen.apps.access import clock, devices, policies, staff
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.devices import DeviceRow
from tuyen.apps.access.operations import LoseDevice, OrderDevice
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.engines.sync.terms import after_order
from tuyen.kernel import qr
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation, Payload
from tuyen.kernel.refusal import Refusal
from tuyen.rules.access import role_table
from tuyen.web.access import SIGNED_IN, ActorRequest, screen
from tuyen.web.access.sessions import end_sessions, open_sessions
from tuyen.web.sentences import refused, say

ENROL, MANAGE = "access.device.enrol", "access.device.manage"
TONES = {"active": "good", "locked": "warn", "wiped": "bad", "revoked": "bad"}
ORDERS = ("lock", "unlock", "wipe", "revoke")


class ReasonForm(forms.Form):
    """Why a tablet is ordered something."""

    reason = forms.CharField(
        label=_("Reason"), min_length=3, max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("A sentence. It is kept in the journal."),
    )  # fmt: skip


@screen(right=SIGNED_IN)
@never_cache
@require_GET
def my_devices(request: ActorRequest) -> HttpResponse:
    """One's own tablets and sessions."""
    by = request.actor
    assert by.user is not None
    rows = [told(row, by) for row in devices.devices(by=by) if row.user == by.user]
    context = {
        "rows": rows,
        "may_enrol": policies.may(by, ENROL),
        "sessions": open_sessions(request, by.user),
        "minutes": devices.CODE_MINUTES,
        "trail": _trail(gettext("Tablets and sessions")),
    }
    return render(request, "access/my_devices.html", context)


@screen(right=ENROL)
@never_cache
@require_POST
def new_code(request: ActorRequest) -> HttpResponse:
    """A one-time code, shown once, as text and as a picture for the tablet's camera."""
    try:
        code = devices.issue_code(by=request.actor, now=clock.real_now())
    except Refusal as refusal:
        messages.error(request, say(refusal))
        return redirect("my-devices")
    address = request.build_absolute_uri("/")
    context = {
        "code": code,
        "address": address,
        "picture": mark_safe(  # noqa: S308  # drawn here, of our own text
            qr.svg(f"{address}#enrol={code}", scale=5)
        ),
        "minutes": devices.CODE_MINUTES,
        "trail": [*_trail(None), (gettext("Enrol a tablet"), None)],
    }
    return render(request, "access/device_code.html", context)


@screen(right=ENROL)
@never_cache
@require_http_methods(["GET", "POST"])
def lost(request: ActorRequest, id: UUID) -> HttpResponse:
    """Report one's own tablet lost: it is locked until the unit's head decides."""
    row = _row(request, id)
    if row.user != request.actor.user or after_order(row.state, "lock") is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        payload = LoseDevice(device=id, reason=form.cleaned_data["reason"])
        if _send(request, form, payload, row.unit):
            return redirect("my-devices")
    return _ask(request, row, form, gettext("Report as lost"), "lost", reverse("my-devices"))


@screen(right=SIGNED_IN)
@never_cache
@require_POST
def end(request: ActorRequest) -> HttpResponse:
    """End one other session of one's own, or all others."""
    assert request.actor.user is not None
    ended = end_sessions(request, request.actor.user, request.POST.get("session", "")[:64])
    text = ngettext("%(n)s session has ended.", "%(n)s sessions have ended.", ended)
    messages.success(request, text % {"n": ended})
    return redirect("my-devices")


# -- of the people one answers for -----------------------------------------------------------------


@screen(right=MANAGE)
@never_cache
@require_GET
def tablets(request: ActorRequest) -> HttpResponse:
    """The tablets of one's units, those not heard for longest first."""
    by = request.actor
    scope = policies.scope(by, MANAGE)
    rows = [row for row in devices.devices(by=by) if scope.covers(row.unit)]
    rows.sort(key=lambda row: (row.state != "active", row.seen_at or row.enrolled_at))
    return render(request, "access/tablets.html", {"rows": [told(row, by) for row in rows]})


@screen(right=MANAGE)
@never_cache
@require_GET
def account_page(request: ActorRequest, user: UUID) -> HttpResponse:
    """One account: its posts, its tablets, and how another is enrolled."""
    by = request.actor
    account = staff.account(by=by, id=user)
    if account is None:
        raise Http404
    scope, atlas = policies.scope(by, MANAGE), registry.atlas()
    rows = [row for row in devices.devices(by=by) if row.user == user]
    context = {
        "account": account,
        "posts": [
            {"role": role_name(post.role, request), "unit": atlas.full_name(post.unit, by.on),
             "since": post.since, "until": post.until,
             "now": post.until is None or post.until > by.on}
            for post in account.posts
        ],
        "rows": [told(row, by) for row in rows if scope.covers(row.unit) or row.user == by.user],
        "own": user == by.user,
        "minutes": devices.CODE_MINUTES,
        "trail": [(gettext("Tablets"), reverse("tablets")), (account.name, None)],
    }  # fmt: skip
    return render(request, "access/account_page.html", context)


@screen(right=MANAGE)
@never_cache
@require_http_methods(["GET", "POST"])
def order(request: ActorRequest, id: UUID, what: str) -> HttpResponse:
    """Lock, unlock, wipe or revoke a tablet, with the reason."""
    row = _row(request, id)
    allowed = policies.scope(request.actor, MANAGE).covers(row.unit)
    if what not in ORDERS or not allowed or after_order(row.state, what) is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    back = reverse("account-page", args=[row.user])
    if request.method == "POST" and form.is_valid():
        payload = OrderDevice(device=id, order=what, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]  # one of ORDERS
        if _send(request, form, payload, row.unit):
            return redirect(back)
    return _ask(request, row, form, order_name(what), what, back)


def _ask(
    request: ActorRequest, row: DeviceRow, form: ReasonForm, title: str, what: str, back: str
) -> HttpResponse:
    context = {
        "form": form,
        "row": told(row, request.actor),
        "title": title,
        "what": what,
        "back": back,
        "danger": what in ("wipe", "revoke"),
        "trail": [(row.name, back), (title, None)],
    }
    status = 422 if form.errors else 200
    return render(request, "access/device_order.html", context, status=status)


def _row(request: ActorRequest, id: UUID) -> DeviceRow:
    row = next((row for row in devices.devices(by=request.actor) if row.id == id), None)
    if row is None:
        raise Http404
    return row


def _send(request: ActorRequest, form: forms.Form, payload: Payload, unit: UUID) -> bool:
    now = clock.now()
    made = Operation.of(payload, id=uuid7(), unit=unit, happened_on=now.date(), recorded_at=now)
    problems = refused(commit(by=request.actor, operations=[made], at=now))
    for problem in problems:
        form.add_error(None, problem)
    if not problems:
        messages.success(
            request, gettext("The tablet gets the order at its next contact, before anything else.")
        )
    return not problems


def told(row: DeviceRow, by: Actor) -> dict[str, Any]:
    """A tablet in words, with the orders that make sense for whoever asks."""
    manages = policies.scope(by, MANAGE).covers(row.unit)
    orders = [what for what in ORDERS if manages and after_order(row.state, what) is not None]
    waits = row.state in ("locked", "wiped") and row.obeyed != {"locked": "lock", "wiped": "wipe"}[
        row.state
    ]  # fmt: skip
    return {
        "row": row,
        "unit": registry.atlas().full_name(row.unit, by.on),
        "state": state_name(row.state),
        "tone": TONES.get(row.state, "plain"),
        "waits": waits,
        "orders": [(order_name(what), reverse("tablet-order", args=[row.id, what]),
                    what in ("wipe", "revoke")) for what in orders],
        "may_lose": row.user == by.user and after_order(row.state, "lock") is not None,
        "href": reverse("account-page", args=[row.user]),
    }  # fmt: skip


def state_name(state: str) -> str:
    return {
        "active": gettext("In use"),
        "locked": gettext("Locked"),
        "wiped": gettext("Wiped"),
        "revoked": gettext("Revoked"),
    }.get(state, state)


def order_name(what: str) -> str:
    return {
        "lock": gettext("Lock"),
        "unlock": gettext("Unlock"),
        "wipe": gettext("Wipe"),
        "revoke": gettext("Revoke"),
    }.get(what, what)


def role_name(code: str, request: ActorRequest) -> str:
    language = getattr(request, "LANGUAGE_CODE", "vi")
    role = role_table().roles.get(code)
    return role.name[{"zh-hans": "zh"}.get(language, language)] if role else code


def _trail(last: str | None) -> list[tuple[str, str | None]]:
    trail: list[tuple[str, str | None]] = [(gettext("My account"), reverse("account"))]
    if last is None:
        return [*trail, (gettext("Tablets and sessions"), reverse("my-devices"))]
    return [*trail, (last, None)]
