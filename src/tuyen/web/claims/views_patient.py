"""What the insurer asks of a patient and the registry does not hold, mended at the claim that lacks it."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from msgspec import ValidationError, convert

from tuyen.apps.access import clock, policies
from tuyen.apps.access import services as accounts
from tuyen.apps.claims import places, queries
from tuyen.apps.claims.operations import PrepareClaims, SetPatient
from tuyen.apps.claims.queries import PatientPage
from tuyen.apps.journal.services import commit
from tuyen.kernel.operation import Operation
from tuyen.web.access import ActorRequest, screen
from tuyen.web.claims import words
from tuyen.web.claims.views_desk import tabs

TEXTS, DAYS = ("nationality", "occupation", "area"), ("five_years_on", "exempt_from")


@screen(right=queries.PREPARE)
@never_cache
@require_http_methods(["GET", "POST"])
def patient(request: ActorRequest, id: UUID) -> HttpResponse:
    """Facts of the patient of a claim; saved, the claim is checked anew."""
    page = _page(request, id)
    problems: list[str] = []
    if request.method == "POST":
        told = _told(request, page, problems)
        if told is not None:
            now = clock.now()
            operations = [
                Operation.of(payload, unit=page.unit, happened_on=now.date(), recorded_at=now)
                for payload in (told, PrepareClaims(claims=(id,)))
            ]
            saved = commit(by=request.actor, operations=operations, at=now)[0]
            if saved.refusal is None:
                messages.success(request, _("Saved; the claim was checked anew."))
                return redirect("claim", id)
            problems.append(words.said(saved.refusal))
    return _show(request, id, page, problems=problems)


def _page(request: ActorRequest, id: UUID) -> PatientPage:
    page = queries.patient(by=request.actor, claim=id)
    if page is None or not policies.may(request.actor, queries.PREPARE, page.unit):
        raise Http404
    accounts.record_readings(
        by=request.actor, subject="registry.person", ids=[page.person], at=clock.now()
    )
    return page


def _told(request: ActorRequest, page: PatientPage, problems: list[str]) -> SetPatient | None:
    """The facts as they were typed; None where they cannot be, which is said."""
    given = request.POST
    values: dict[str, Any] = {name: given.get(name, "").strip() for name in TEXTS}
    for name in DAYS:
        text = given.get(name, "").strip()
        values[name] = words.day(text)
        if text and values[name] is None:
            problems.append(_("{field}: {value} is no day.").format(
                field=_labels()[name], value=text[:40]))  # fmt: skip
    for name in TEXTS:
        try:
            convert({"person": str(page.person), name: values[name]}, SetPatient)
        except ValidationError:
            problems.append(_("{field}: {value} is no code of its list; {expected}.").format(
                field=_labels()[name], value=values[name][:40], expected=_hints()[name]))  # fmt: skip
    return None if problems else SetPatient(person=page.person, **values)


def _labels() -> dict[str, str]:
    return {
        "nationality": _("Nationality"), "occupation": _("Occupation"), "area": _("Area"),
        "five_years_on": _("Insured for five years since"),
        "exempt_from": _("No co-payment from"),
    }  # fmt: skip


def _hints() -> dict[str, str]:
    return {
        "nationality": _("three digits, 000 for Viet Nam"),
        "occupation": _("five digits"),
        "area": _("K1, K2 or K3; empty elsewhere"),
    }


def _show(
    request: ActorRequest, id: UUID, page: PatientPage, *, problems: list[str] | None = None
) -> HttpResponse:  # fmt: skip
    typed = request.POST if request.method == "POST" else {}
    on, map_ = page.day, places.atlas()

    def value(name: str) -> str:
        told = typed.get(name) if name in typed else getattr(page, name)
        return f"{told:%Y-%m-%d}" if isinstance(told, date) else told or ""

    context = {
        "tabs": tabs(request), "page": page, "claim": id, "problems": problems or [],
        "texts": [(n, _labels()[n], value(n), _hints()[n]) for n in TEXTS],
        "days": [(n, _labels()[n], value(n)) for n in DAYS],
        "cards": [
            (one, map_.full_name(one.facility, on) if one.facility else "") for one in page.cards
        ],
        "card_href": words.address("person", page.person), "back": reverse("claim", args=[id]),
    }  # fmt: skip
    return render(request, "claims/patient.html", context, status=422 if problems else 200)
