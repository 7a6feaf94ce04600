"""Signing in and out, the one-time link, and who holds which post."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import authenticate, logout, update_session_auth_hash
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuyen.apps.access import clock, queries, services
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.operations import (
    Appoint,
    CloseAccount,
    CreatePost,
    OpenAccount,
    OpenFirstAccount,
    Relieve,
    ResetSecondFactor,
)
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.kernel.ids import NODE, uuid7
from tuyen.kernel.operation import Operation, Payload
from tuyen.kernel.refusal import Refusal
from tuyen.rules.access import role_table
from tuyen.web.access import PUBLIC, SIGNED_IN, ActorRequest, screen
from tuyen.web.access.factor_forms import ResetFactorForm
from tuyen.web.access.forms import (
    OpenAccountForm,
    PasswordForm,
    PurposeForm,
    SignInForm,
    WelcomeForm,
)
from tuyen.web.access.second_factor import after_password
from tuyen.web.sentences import refused, say

PAGE = 50


@screen(right=PUBLIC)
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with a login and a password; wrong ones are answered alike whatever was wrong."""
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["login"].strip().lower()
        user = authenticate(request, login=name, password=form.cleaned_data["password"])
        if user is not None:
            return after_password(request, user)
        if getattr(request, "axes_locked_out", False):
            return render(request, "access/locked.html", status=429)
        form.add_error(None, _("The login or the password is wrong. Check both and try again."))
    context = {
        "form": form,
        "next": request.GET.get("next", ""),
        "fresh": not queries.has_accounts(),
    }
    return render(request, "access/sign_in.html", context, status=422 if form.errors else 200)


@screen(right=PUBLIC)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("sign-in")


@screen(right=PUBLIC)
@never_cache
@sensitive_post_parameters("password", "again", "token")
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """The one-time link: choose a password; on a fresh install, become its administrator."""
    first = not queries.has_accounts()
    form = WelcomeForm(request.POST or None)
    if first:
        form.fields["login"].required = form.fields["name"].required = True
    if request.method == "POST" and form.is_valid():
        try:
            _accept(form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, say(refusal))
        else:
            messages.success(request, _("Your password is set. Sign in with it."))
            return redirect("sign-in")
    status = 422 if form.errors else 200
    return render(request, "access/welcome.html", {"form": form, "first": first}, status=status)


def _accept(data: dict[str, Any]) -> None:
    now = clock.real_now()
    found = services.invitation(data["token"], now)
    services.check_new_password(data["password"], login=data["login"], name=data["name"])
    user = found.user_id or _make_first(data["login"], data["name"])
    services.accept_invitation(token=data["token"], user=user, password=data["password"], now=now)


def _make_first(login_name: str, name: str) -> UUID:
    """The first administrator. Who comes second finds the installation begun: the token is refused."""
    if queries.has_accounts() or not login_name:
        raise services.TokenRefused()
    today = clock.today()
    first = _operation(OpenFirstAccount(login=login_name, name=name, since=today), NODE)
    by = Actor.program(today, channel="web")
    (receipt,) = commit(by=by, operations=[first], at=clock.now())
    if receipt.refusal is None:
        return first.id
    if receipt.refusal.code == services.AlreadyBegun.code:
        raise services.TokenRefused()
    raise receipt.refusal.refusal()


@screen(right=SIGNED_IN)
@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def account(request: ActorRequest) -> HttpResponse:
    """One's own account: posts held, purpose of the session, password."""
    password, purpose = PasswordForm(), PurposeForm.of(request.actor)
    if request.method == "POST" and "purpose" in request.POST:
        purpose = PurposeForm(request.POST)
        if purpose.is_valid():
            request.session["purpose"] = purpose.cleaned_data["purpose"]
            messages.success(request, _("The purpose of this session is noted with all you read."))
            return redirect("account")
    elif request.method == "POST":
        password = PasswordForm(request.POST)
        if password.is_valid() and _changed(request, password):
            messages.success(request, _("Your password is changed."))
            return redirect("account")
    context = {"password": password, "purpose": purpose, "posts": _posts(request.actor, request)}
    status = 422 if password.errors or purpose.errors else 200
    return render(request, "access/account.html", context, status=status)


def _changed(request: ActorRequest, form: PasswordForm) -> bool:
    assert request.actor.user is not None
    try:
        services.set_password(user=request.actor.user, password=form.cleaned_data["password"])
    except Refusal as refusal:
        form.add_error("password", say(refusal))
        return False
    request.user.refresh_from_db()  # type: ignore[union-attr]
    update_session_auth_hash(request, request.user)  # type: ignore[arg-type]
    return True


@screen(right="access.account.manage")
@require_GET
def accounts(request: ActorRequest) -> HttpResponse:
    """Everybody who can sign in, and the posts they hold; found by name, login or unit."""
    atlas, today = registry.atlas(), clock.today()
    text = request.GET.get("q", "").strip()[:200]
    found = queries.accounts(
        by=request.actor, text=text, page=_page(request), size=PAGE,
        unit_name=lambda unit: atlas.full_name(unit, today),
    )  # fmt: skip
    page = Paginator(range(found.total), PAGE).get_page(found.page)
    rows = [
        {
            "account": row,
            "posts": [
                {"row": post, "role": _role(post.role, request),
                 "unit": atlas.full_name(post.unit, today)}
                for post in row.posts
            ],
        }
        for row in found.rows
    ]  # fmt: skip
    context = {"rows": rows, "today": today, "text": text, "page": page}
    return render(request, "access/accounts.html", context)


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return int(text) if text.isdecimal() and len(text) < 7 else 1


@screen(right="access.account.manage")
@require_http_methods(["GET", "POST"])
def open_account(request: ActorRequest) -> HttpResponse:
    """Open an account with its first post; the link that sets the password is shown once."""
    form = OpenAccountForm(
        request.POST or None, initial={"since": clock.today()}, language=request.LANGUAGE_CODE
    )
    if request.method == "POST" and form.is_valid():
        unit = form.cleaned_data["unit_id"] or _unit(form.cleaned_data["unit"])
        if unit is None or not _there(unit, form.cleaned_data["since"]):
            form.add_error(
                "unit", _("No unit is called that today; type a part of its name and choose one.")
            )
        else:
            errors, user = _open(request, form.cleaned_data, unit)
            if user is not None:
                return _show_link(request, user, form.cleaned_data["name"])
            for error in errors:
                form.add_error(None, error)
    return render(
        request, "access/open_account.html", {"form": form}, status=422 if form.errors else 200
    )


def _open(request: ActorRequest, data: dict[str, Any], unit: UUID) -> tuple[list[str], UUID | None]:
    opened = _operation(OpenAccount(login=data["login"], name=data["name"]), NODE)
    post = _operation(CreatePost(role=data["role"], since=data["since"]), unit)
    holding = _operation(Appoint(post=post.id, user=opened.id, since=data["since"]), unit)
    receipts = commit(by=request.actor, operations=[opened, post, holding], at=clock.now())
    return refused(receipts), opened.id if receipts[0].ok else None


@screen(right="access.account.manage")
@require_POST
def close_account(request: ActorRequest, user: UUID) -> HttpResponse:
    return _single(request, CloseAccount(user=user, on=clock.today()), _("The account is closed."))


@screen(right="access.post.manage")
@require_POST
def relieve(request: ActorRequest, holding: UUID) -> HttpResponse:
    until = clock.today() + timedelta(days=1)
    return _single(request, Relieve(holding=holding, until=until), _("The post ends today."))


@screen(right="access.account.manage")
@require_POST
def invite(request: ActorRequest, user: UUID) -> HttpResponse:
    """A new one-time link for somebody who forgot the password. It can be started here, never chosen."""
    name = queries.account_name(by=request.actor, id=user)
    if name is None:
        return redirect("accounts")
    return _show_link(request, user, name)


@screen(right="access.account.manage")
@require_POST
def reset_factor(request: ActorRequest, user: UUID) -> HttpResponse:
    """Forget what somebody else had enrolled: they enrol again themselves at their next sign-in."""
    form = ResetFactorForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why the second factor is reset."))
        return redirect("accounts")
    payload = ResetSecondFactor(user=user, reason=form.cleaned_data["reason"])
    done = _("The second factor is forgotten and every session of the person has ended.")
    return _single(request, payload, done)


def _show_link(request: ActorRequest, user: UUID, name: str) -> HttpResponse:
    lifetime = services.lifetime(user)
    token = services.invite(user=user, now=clock.real_now())
    link = request.build_absolute_uri(reverse("welcome")) + f"#{token}"
    context = {"link": link, "name": name, "days": lifetime.days,
               "minutes": lifetime.seconds // 60}  # fmt: skip
    return render(request, "access/link.html", context)


def _single(request: ActorRequest, payload: Payload, done: str) -> HttpResponseRedirect:
    operation = _operation(payload, NODE)
    problems = refused(commit(by=request.actor, operations=[operation], at=clock.now()))
    for problem in problems:
        messages.error(request, problem)
    if not problems:
        messages.success(request, done)
    return redirect("accounts")


def _operation(payload: Payload, unit: UUID) -> Operation:
    now = clock.now()
    return Operation.of(payload, id=uuid7(), unit=unit, happened_on=now.date(), recorded_at=now)


def _unit(text: str) -> UUID | None:
    """The one unit of today that a typed name means, or None."""
    found = registry.atlas().find(text, clock.today(), limit=2)
    return found[0].unit if len(found) == 1 or (found and found[0].score >= 1) else None


def _there(unit: UUID, since: date) -> bool:
    """Whether the map has the unit today, or on the later day from which the post is."""
    return registry.atlas().valid(unit, max(since, clock.today()))


def _role(code: str, request: HttpRequest) -> str:
    key = {"zh-hans": "zh"}.get(request.LANGUAGE_CODE, request.LANGUAGE_CODE)
    role = role_table().roles.get(code)
    return role.name[key] if role else code


def _posts(actor: Actor, request: HttpRequest) -> list[tuple[str, str]]:
    atlas = registry.atlas()
    return [
        (_role(post.role, request), atlas.full_name(post.unit, actor.on)) for post in actor.posts
    ]
