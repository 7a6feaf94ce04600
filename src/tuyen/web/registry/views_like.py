"""Likely existing records, shown before somebody is registered a second time."""

from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tuyen.apps.registry import asking
from tuyen.web.access import ActorRequest, screen
from tuyen.web.registry import evidence
from tuyen.web.registry.lines import line, note_shown

EDIT = "registry.person.edit"


class LikeForm(forms.Form):
    """As much of a registration as is needed to look for look-alikes."""

    name = forms.CharField(max_length=200)
    born_on = forms.DateField()
    sex = forms.IntegerField(required=False)
    birth_precision = forms.CharField(required=False, max_length=5)
    place_id = forms.UUIDField(required=False)
    phone = forms.CharField(required=False, max_length=20)
    number = forms.CharField(required=False, max_length=20)


@screen(right=EDIT)
@never_cache
@require_POST
def like(request: ActorRequest) -> HttpResponse:
    """Likely existing records while a registration is typed: a part of its page.

    ``?of=member-0`` looks at one member of a household, whose fields have that prefix.
    """
    form = LikeForm(of_member(request.POST, request.GET.get("of", "")[:20]))
    pairs = known_like(request, form.cleaned_data) if form.is_valid() else []
    return render(request, "registry/_duplicates_like.html", {"like": pairs})


def of_member(data: QueryDict, prefix: str) -> dict[str, Any]:
    """The fields of one member, by their own names, and those of the household."""
    said = data.dict()
    start = f"{prefix}-" if prefix else ""
    own = {n.removeprefix(start): v for n, v in said.items() if start and n.startswith(start)}
    return {**said, **own}


def known_like(request: ActorRequest, given: dict[str, Any]) -> list[dict[str, Any]]:
    """The few records that may be of somebody about to be registered, with the reasons."""
    by = request.actor
    found = asking.like_draft(
        by=by, name=given["name"], born_on=given["born_on"], sex=given.get("sex") or 3,
        place=given.get("place_id"), phone=given.get("phone") or "",
        number=given.get("number") or "", precision=given.get("birth_precision") or "day",
    )  # fmt: skip
    note_shown(request, [row for row, _match in found])
    return [
        {"row": line(row, by.on), "judged": evidence.judged(match),
         "href": reverse("person", args=[row.id])}
        for row, match in found
    ]  # fmt: skip
