"""The staff list, somebody new, and a person's file."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.access import queries as access
from tuyen.apps.workforce import queries
from tuyen.apps.workforce.operations import (
    AddCredential,
    AmendMember,
    EndPost,
    RegisterMember,
    TakePost,
    VoidCredential,
    VoidPost,
)
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Payload
from tuyen.rules import workforce as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.typed import whole
from tuyen.web.workforce import filing, forms, words

READ, EDIT = queries.READ, queries.EDIT


def tabs(request: ActorRequest) -> list[tuple[str, str, str, int | None]]:
    """The parts of the room that the reader's post opens."""
    by = request.actor
    found: list[tuple[str, str, str, int | None]] = []
    if policies.may(by, queries.FIGURE):
        found.append(("posts", _("Posts and gaps"), reverse("workforce"), None))
        found.append(
            ("structure", _("Structure and outlook"), reverse("workforce-structure"), None)
        )
    if policies.may(by, READ):
        found.append(("staff", _("Staff"), reverse("staff"), None))
        found.append(
            ("transfers", pgettext("staff", "Transfers"), reverse("staff-transfers"), None)
        )
    if policies.may(by, queries.CORRECT):
        found.append(("roster", _("Duty roster"), reverse("roster"), None))
    if policies.may(by, queries.PLAN):
        asked = len(queries.leaves(by=by, on=clock.today()))
        found.append(("leaves", _("Leave"), reverse("leaves"), asked))
        found.append(("surge", _("Surge roster"), reverse("surge"), None))
        found.append(("allowances", _("Allowances"), reverse("allowances"), None))
    if policies.may(by, queries.FIGURE):
        found.append(("retention", _("Who stays"), reverse("retention"), None))
    if policies.may(by, EDIT):
        waiting = len(queries.wishes(by=by, on=clock.today()))
        found.append(("wishes", _("Corrections asked for"), reverse("staff-wishes"), waiting))
    return found


@screen(right=READ)
@require_GET
def staff(request: ActorRequest) -> HttpResponse:
    """Who works where in reach: by unit and cadre, by name, by licences that end soon."""
    by, on, given = request.actor, clock.today(), request.GET
    term = rules.licence_term(on)
    filters = queries.StaffFilters(
        unit=words.as_uuid(given.get("unit", "")), cadre=given.get("cadre", "")[:40],
        text=given.get("q", "")[:120],
        ending=on + timedelta(days=term.warn) if given.get("ending") else None,
    )  # fmt: skip
    found = queries.staff(by=by, on=on, filters=filters, page=whole(given.get("page", "1")) or 1)
    query = given.copy()
    query.pop("page", None)
    hours = queries.accounts(by=by, on=on, members={row.id for row in found.rows})
    rows = [
        {
            "row": row, "cadre": words.named("cadre", row.cadre), "hours": hours.get(row.id),
            "position": words.named("position", row.position) if row.position != "staff" else "",
            "contract": words.named("contract", row.contract),
            "degree": words.named("qualification", row.degree),
            "licence": filing.licence_of(row.licence, on),
        }
        for row in found.rows
    ]  # fmt: skip
    context = {
        "rows": rows, "found": found, "rest": query.urlencode(), "given": given, "as_of": clock.now(),
        "units": forms.units(request, READ), "cadres": words.options("cadre"), "days": term.warn,
        "unit": filters.unit, "tabs": tabs(request), "may_edit": policies.may(by, EDIT),
    }  # fmt: skip
    return render(request, "workforce/staff.html", context)


@screen(right=EDIT)
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """Somebody new: who they are, their post, licence and degree, typed once."""
    given, problems = request.POST, []
    offered = forms.units(request, EDIT)
    if request.method == "POST":
        id = words.as_uuid(given.get("id", "")) or uuid7()
        unit = words.as_uuid(given.get("unit", ""))
        try:
            payload = _registered(given)
            if unit is None:
                raise forms.Wrong(_("Choose where they work."))
            problems = forms.send(request, (payload, unit), id=id)
        except forms.Wrong as wrong:
            problems = [str(wrong)]
        if not problems:
            messages.success(request, _("The file is kept."))
            return redirect("staff-file", id=id)
    context = {
        "given": given, "problems": problems, "units": offered, "id": given.get("id") or uuid7(),
        "unit": given.get("unit") or request.GET.get("unit") or (str(offered[0][0]) if offered else ""),
        "lists": filing.lists(), "years": rules.licence_term(clock.today()).years,
        "trail": [(_("Staff"), reverse("staff")), (_("Somebody new"), None)],
    }  # fmt: skip
    return render(request, "workforce/new.html", context, status=422 if problems else 200)


def _registered(given: Any) -> RegisterMember:
    papers = []
    for prefix, kind in (("l-", "licence"), ("d-", "qualification"), ("g-", "language")):
        value = forms.said(given, f"{prefix}number" if kind == "licence" else f"{prefix}what")
        if value:
            plain = {f"{prefix}kind": kind, **{key: given.get(key) for key in given}}
            if kind == "licence":
                plain[f"{prefix}what"] = words.named("kind", "licence")
            if kind == "language" or not plain.get(f"{prefix}since"):
                plain[f"{prefix}since"] = given.get("since", "")
            papers.append(forms.shown(plain, prefix))
    return RegisterMember(
        name=forms.name(given), post=forms.post(given), sex=forms.sex(given),
        born_on=forms.day(given.get("born_on", ""), _("Date of birth"), needed=False),
        phone=forms.phone(given), shown=tuple(papers),
    )  # fmt: skip


@screen(right=READ)
@require_http_methods(["GET", "POST"])
def file(request: ActorRequest, id: UUID) -> HttpResponse:
    """A person's file: posts, papers, hours of training, what was corrected."""
    by, on = request.actor, clock.today()
    found = queries.file(by=by, id=id, on=on)
    if found is None:
        raise Http404
    may_edit = policies.may(by, EDIT, found.unit)
    problems: list[str] = []
    if request.method == "POST":
        if not may_edit:
            raise Http404
        problems = _change(request, found)
        if not problems:
            messages.success(request, _("The file is kept."))
            return redirect("staff-file", id=id)
    context = {
        **filing.page(found, on), "may_edit": may_edit, "problems": problems, "given": request.POST,
        "lists": filing.lists(), "as_of": clock.now(), "today": on,
        "units": forms.units(request, EDIT) if may_edit else [],
        "accounts": _accounts(request, found) if may_edit else [],
        "trail": [(_("Staff"), reverse("staff")), (found.name, None)],
    }  # fmt: skip
    return render(request, "workforce/file.html", context, status=422 if problems else 200)


def _accounts(request: ActorRequest, found: queries.File) -> list[tuple[UUID, str]]:
    """Accounts that this file may be linked to: of those who may correct a file at its unit."""
    by = request.actor
    if not policies.may(by, queries.CORRECT, found.unit):
        return []
    held = access.holders(by=by, right=queries.CORRECT, unit=found.unit, limit=60)
    taken = queries.linked(by=by, accounts=[one.user for one in held])
    return [(one.user, one.name) for one in held if taken.get(one.user, found.id) == found.id]


def _change(request: ActorRequest, found: queries.File) -> list[str]:
    """Send what one of the forms of a file says."""
    make = _FORMS.get(request.POST.get("form", ""))
    if make is None:
        return [_("This form is not known here; load the page again.")]
    try:
        payload, unit = make(request.POST, found)
    except forms.Wrong as wrong:
        return [str(wrong)]
    return forms.send(request, (payload, unit))


def _post_of(given: Any, found: queries.File) -> queries.PostRow:
    wanted = words.as_uuid(given.get("post", ""))
    row = next((one for one in found.posts if one.id == wanted and not one.void), None)
    if row is None:
        raise forms.Wrong(_("There is no such post in this file."))
    return row


def _take(given: Any, found: queries.File) -> tuple[Payload, UUID]:
    unit, ends = words.as_uuid(given.get("unit", "")), words.as_uuid(given.get("ends", ""))
    payload = TakePost(member=found.id, post=forms.post(given), ends=ends)
    return payload, unit or found.unit


def _end(given: Any, found: queries.File) -> tuple[Payload, UUID]:
    row = _post_of(given, found)
    until = forms.day(given.get("until", ""), _("First day without it"))
    assert until is not None
    return EndPost(post=row.id, until=until, reason=forms.reason(given)), row.unit


def _void_post(given: Any, found: queries.File) -> tuple[Payload, UUID]:
    row = _post_of(given, found)
    return VoidPost(post=row.id, reason=forms.reason(given)), row.unit


def _show(given: Any, found: queries.File) -> tuple[Payload, UUID]:
    replaces = words.as_uuid(given.get("replaces", ""))
    return AddCredential(member=found.id, shown=forms.shown(given), replaces=replaces), found.unit


def _void_shown(given: Any, found: queries.File) -> tuple[Payload, UUID]:
    wanted = words.as_uuid(given.get("credential", ""))
    if wanted is None:
        raise forms.Wrong(_("There is no such entry in this file."))
    return VoidCredential(credential=wanted, reason=forms.reason(given)), found.unit


def _amend(given: Any, found: queries.File) -> tuple[Payload, UUID]:
    return AmendMember(
        member=found.id, name=forms.name(given), sex=forms.sex(given),
        born_on=forms.day(given.get("born_on", ""), _("Date of birth"), needed=False),
        phone=forms.phone(given), person=found.person,
        account=words.as_uuid(given["account"]) if "account" in given else found.account,
        reason=forms.reason(given),
    ), found.unit  # fmt: skip


_FORMS: dict[str, Callable[[Any, queries.File], tuple[Payload, UUID]]] = {
    "take": _take, "end": _end, "void-post": _void_post, "show": _show,
    "void-shown": _void_shown, "amend": _amend,
}  # fmt: skip
