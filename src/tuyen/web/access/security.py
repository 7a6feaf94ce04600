"""One's own security page: a code app, passkeys and recovery codes, enrolled and removed."""

import base64
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuyen.apps.access import clock
from tuyen.apps.access.services import factors
from tuyen.kernel import qr
from tuyen.kernel.refusal import Refusal
from tuyen.rules.access.second_factor import second_factor
from tuyen.web.access import SIGNED_IN, ActorRequest, passkeys, proofs, screen
from tuyen.web.access.factor_forms import CodeForm, NewPasskeyForm
from tuyen.web.access.second_factor import ask_again
from tuyen.web.sentences import say

_ENROLLING = "enrolling"


@screen(right=SIGNED_IN, waiting=True)
@never_cache
@require_GET
def security(request: ActorRequest) -> HttpResponse:
    """What this person has enrolled, and what their post asks for."""
    return render(request, "access/security.html", _page(request))


def _page(request: ActorRequest, form: NewPasskeyForm | None = None) -> dict[str, Any]:
    user, mark = request.user, proofs.read(request, request.user)
    assert mark is not None
    here = passkeys.work_here(request)
    return {
        "have": factors.enrolled(user=_me(request)),
        "demand": second_factor().demanded(post.role for post in request.actor.posts),
        "waiting": request.waiting is not None,
        "demo": clock.is_demo() or clock.is_drill(),
        "grace": mark.grace if clock.today() <= mark.grace else None,
        "passkeys_work": here,
        "by_name": f"{request.scheme}://localhost:{request.get_port()}{request.path}",
        "local": passkeys.host(request) in ("127.0.0.1", "[::1]"),
        "form": form or NewPasskeyForm(),
        "question": passkeys.ask_to_make(
            request, _me(request), user.get_username(), request.actor.name
        ) if here else None,
    }  # fmt: skip


@screen(right=SIGNED_IN, waiting=True)
@never_cache
@sensitive_post_parameters("answer")
@require_POST
def passkey_add(request: ActorRequest) -> HttpResponse:
    """Keep the passkey that the browser made."""
    if _stale(request):
        return ask_again(request)
    form, first = NewPasskeyForm(request.POST), _is_first(request)
    if form.is_valid():
        try:
            passkeys.made(
                request, _me(request), form.cleaned_data["answer"], form.cleaned_data["label"]
            )
        except Refusal as refusal:
            form.add_error(None, say(refusal))
        else:
            return _enrolled(request, "passkey", first)
    return render(request, "access/security.html", _page(request, form), status=422)


@screen(right=SIGNED_IN, waiting=True)
@require_POST
def passkey_remove(request: ActorRequest, key: int) -> HttpResponse:
    if _stale(request):
        return ask_again(request)
    try:
        factors.remove_passkey(user=_me(request), id=key, must_keep=_must_keep(request))
    except Refusal as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, _("The passkey is removed. Remove it from the device as well."))
    return redirect("security")


@screen(right=SIGNED_IN, waiting=True)
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def code_enrol(request: ActorRequest) -> HttpResponse:
    """Show the secret as a picture, and keep it once the app has shown a right code."""
    if _stale(request):
        return ask_again(request)
    user, first = _me(request), _is_first(request)
    secret = _secret(request, user)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            code = form.cleaned_data["code"]
            factors.enrol_codes(user=user, secret=secret, code=code, now=clock.real_now())
        except Refusal as refusal:
            form.add_error("code", say(refusal))
        else:
            del request.session[_ENROLLING]
            return _enrolled(request, "code", first)
    address = factors.address(secret, request.user.get_username(), "Tuyến")
    context = {
        "form": form,
        "picture": qr.data_uri(address, scale=5),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "waiting": request.waiting is not None,
    }
    return render(request, "access/code_enrol.html", context, status=422 if form.errors else 200)


@screen(right=SIGNED_IN, waiting=True)
@require_POST
def code_remove(request: ActorRequest) -> HttpResponse:
    if _stale(request):
        return ask_again(request)
    try:
        factors.forget_codes(user=_me(request), must_keep=_must_keep(request))
    except Refusal as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, _("Codes of the app are no longer taken."))
    return redirect("security")


@screen(right=SIGNED_IN, waiting=True)
@never_cache
@require_POST
def recovery_new(request: ActorRequest) -> HttpResponse:
    """New recovery codes, shown this once."""
    if _is_first(request):
        return redirect("security")
    return ask_again(request) if _stale(request) else _show_codes(request)


def _enrolled(request: ActorRequest, proof: factors.Proof, first: bool) -> HttpResponse:
    """The session has just proved what was enrolled; the first factor brings recovery codes."""
    request.session.cycle_key()
    proofs.write(request, request.user, proof)
    if first:
        return _show_codes(request)
    messages.success(request, _("Your second factor is added."))
    return redirect("security")


def _show_codes(request: ActorRequest) -> HttpResponse:
    codes = factors.make_recovery_codes(user=_me(request), now=clock.real_now())
    context = {"codes": codes, "waiting": request.waiting is not None}
    return render(request, "access/recovery_codes.html", context)


def _secret(request: ActorRequest, user: UUID) -> str:
    """The secret being enrolled: sealed in the session, for minutes."""
    kept = request.session.get(_ENROLLING)
    oldest = proofs.seconds() - 60 * second_factor().step_minutes
    if kept is not None and kept["at"] > oldest:
        return factors.unseal(base64.b64decode(kept["secret"]), user)
    secret = factors.new_secret()
    sealed = base64.b64encode(factors.seal(secret, user)).decode()
    request.session[_ENROLLING] = {"secret": sealed, "at": proofs.seconds()}
    return secret


def _me(request: ActorRequest) -> UUID:
    assert request.actor.user is not None
    return request.actor.user


def _is_first(request: ActorRequest) -> bool:
    return not factors.enrolled(user=_me(request))


def _stale(request: ActorRequest) -> bool:
    """Whether the second factor that there is was proved too long ago to change it."""
    return not proofs.is_fresh(request.mark) and not _is_first(request)


def _must_keep(request: ActorRequest) -> bool:
    """Whether the last second factor must stay: its owner's days of grace are over."""
    return not (clock.is_demo() or clock.is_drill()) and clock.today() > request.mark.grace
