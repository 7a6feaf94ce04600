"""The second step of signing in, and the same question again before what asks for it."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from axes.handlers.proxy import AxesProxyHandler
from django.contrib import messages
from django.contrib.auth import load_backend, login
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tuyen.apps.access import clock
from tuyen.apps.access.services import factors
from tuyen.apps.access.services.factors import Enrolled, Proof
from tuyen.kernel.refusal import Refusal
from tuyen.rules.access.second_factor import second_factor
from tuyen.web.access import PUBLIC, passkeys, proofs, screen
from tuyen.web.access.factor_forms import CodeForm, PasskeyForm, RecoveryForm
from tuyen.web.sentences import say
from tuyen.web.templatetags.figures import day

_PENDING = "pending"


def after_password(request: HttpRequest, user: Any) -> HttpResponseRedirect:
    """The password was right: ask for the second factor, or let in who has none and need not yet."""
    wanted = where_to(request)
    if factors.enrolled(user=user.pk):
        request.session.cycle_key()
        request.session[_PENDING] = {
            "user": str(user.pk), "backend": user.backend, "at": proofs.seconds()
        }  # fmt: skip
        return redirect(f"{reverse('second-factor')}?{urlencode({'next': wanted})}")
    _enter(request, user, proofs.without(user))
    return redirect(wanted)


@screen(right=PUBLIC)
@never_cache
@sensitive_post_parameters("code", "recovery", "answer")
@require_http_methods(["GET", "POST"])
def second_factor_step(request: HttpRequest) -> HttpResponse:
    """A one-time code, a passkey or a recovery code: for signing in, or once more when signed in."""
    user, signing_in = _asked(request)
    if user is None:
        return redirect("sign-in")
    have = factors.enrolled(user=user.pk)
    if not have:
        return redirect("security" if not signing_in else "sign-in")
    forms = {"code": CodeForm(), "recovery": RecoveryForm(), "passkey": PasskeyForm()}
    status = 200
    if request.method == "POST":
        if not AxesProxyHandler.is_allowed(request, {"login": user.login}):
            return render(request, "access/locked.html", status=429)
        by = request.POST.get("by", "code")
        form = forms[by] = type(forms.get(by, forms["code"]))(request.POST)
        if form.is_valid() and _took(request, user, by, form):
            return _go_on(request, user, by, signing_in, have)
        status = 422
    return render(request, "access/second_factor.html", {
        "forms": forms, "have": have, "next": where_to(request), "signing_in": signing_in,
        "passkeys_work": passkeys.work_here(request), "wrong": status == 422,
        "question": passkeys.ask_to_prove(request, user.pk) if have.passkeys else None,
    }, status=status)  # fmt: skip


def _asked(request: HttpRequest) -> tuple[Any, bool]:
    """(who is asked, whether for signing in); nobody when the password is too long ago."""
    pending = request.session.get(_PENDING)
    if pending is None:
        return (request.user if request.user.is_authenticated else None), False
    if proofs.seconds() - pending["at"] >= 60 * second_factor().step_minutes:
        del request.session[_PENDING]
        return None, True
    return load_backend(pending["backend"]).get_user(UUID(pending["user"])), True


def _took(request: HttpRequest, user: Any, by: str, form: Any) -> bool:
    """Whether the proof was taken; a wrong one is counted as a wrong password is."""
    try:
        if by == "passkey":
            passkeys.proved(request, user.pk, form.cleaned_data["answer"])
        elif by == "recovery":
            code = form.cleaned_data["recovery"]
            factors.use_recovery_code(user=user.pk, code=code, now=clock.real_now())
        else:
            code = form.cleaned_data["code"]
            factors.check_code(user=user.pk, code=code, now=clock.real_now())
    except Refusal as refusal:
        user_login_failed.send(sender=__name__, credentials={"login": user.login}, request=request)
        form.add_error(None, say(refusal))
        return False
    return True


def _go_on(
    request: HttpRequest, user: Any, by: str, signing_in: bool, have: Enrolled
) -> HttpResponseRedirect:
    wanted = where_to(request)
    proof: Proof = "passkey" if by == "passkey" else "recovery" if by == "recovery" else "code"
    if signing_in:
        backend = request.session.pop(_PENDING)["backend"]
        user.backend = backend
        _enter(request, user, proof)
    else:
        request.session.cycle_key()
        proofs.write(request, user, proof)
    if proof == "recovery":
        left = have.recovery_left - 1
        messages.warning(request, ngettext(
            "That recovery code is used up; %(n)s is left.",
            "That recovery code is used up; %(n)s are left.", left) % {"n": left})  # fmt: skip
    return redirect(wanted)


def _enter(request: HttpRequest, user: Any, proof: Proof) -> None:
    login(request, user)
    request.session.pop("purpose", None)
    mark = proofs.write(request, user, proof)
    if proof == "none" and clock.today() <= mark.grace:
        messages.warning(request, _(
            "Add a passkey or a code app under My account by %(day)s; after that day a password"
            " alone is not enough.") % {"day": day(mark.grace)})  # fmt: skip


def ask_again(request: HttpRequest) -> HttpResponseRedirect:
    """Send somebody who is signed in to prove a second factor, and back to where they were."""
    back = request.get_full_path() if request.method == "GET" else _from(request)
    return redirect(f"{reverse('second-factor')}?{urlencode({'next': back})}")


def ask_for_passkey(request: HttpRequest) -> HttpResponseRedirect:
    """The right takes a passkey: ask for one, or send to where one is added."""
    assert request.user.pk is not None
    if factors.enrolled(user=request.user.pk).passkeys:
        messages.warning(request, _("Confirm with your passkey: this takes one."))
        return ask_again(request)
    messages.warning(request, _("This takes a passkey. Add one here, then go back."))
    return redirect("security")


def _from(request: HttpRequest) -> str:
    """The page of ours that sent this form."""
    page = request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure())
    return page if safe else reverse("home")


def where_to(request: HttpRequest) -> str:
    """Where somebody wanted to go, if it is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if safe else reverse("home")
