"""One case: as it stands, how it came to stand so, and how it is corrected or taken out."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.access import queries as access
from tuyen.apps.access import services as accounts
from tuyen.apps.journal.queries import Kept
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.operations import AmendCase, CaseChanges, VoidCase
from tuyen.kernel.operation import Operation, Payload, Receipt
from tuyen.web.access import ActorRequest, screen
from tuyen.web.surveillance import filters, words
from tuyen.web.surveillance.forms import CaseForm, ReasonForm, changes, initial_of
from tuyen.web.surveillance.views_cases import SUBJECT
from tuyen.web.surveillance.views_report import filled
from tuyen.web.templatetags.figures import number

READ, AMEND = "surveillance.case.read", "surveillance.case.amend"
_FACTS = (
    "name", "sex", "birth_date", "age", "identity", "phone", "ethnicity", "nationality",
    "occupation", "workplace", "address", "permanent_address",
)  # fmt: skip
_ILLNESS = (
    "disease", "classification", "onset_on", "diagnosed_on", "commune", "village", "test",
    "result", "sampled_on", "result_on", "vaccinated", "doses", "last_dose_on", "care",
    "facility", "admitted_on", "outcome", "outcome_on", "cluster", "history", "reporter",
    "external_id", "note",
)  # fmt: skip


@screen(right=READ)
@require_GET
def case(request: ActorRequest, id: UUID) -> HttpResponse:
    """A case with its receipt, its history and the cases linked with it."""
    found = _find(request, id)
    _note_reading(request, id)
    row = found.row
    reported = next((kept for kept in found.history if kept.id == id), None)
    context = {
        "row": row,
        "title": _called(row),
        "disease": row.disease_name(words.language()),
        "class": words.word(words.CLASSIFICATION, row.classification),
        "group": words.word(words.GROUP, row.group),
        "window": words.word(words.WINDOW, row.window),
        "who": _facts(found, _FACTS),
        "illness": _facts(found, _ILLNESS),
        "warnings": [_(one.template).format_map(one.values) for one in found.warnings],
        "receipt": reported,
        "author": access.names({reported.author}).get(reported.author, "") if reported else "",
        "history": _history(found),
        "linked": [
            (f"{other.onset_on:%d/%m/%Y}", _called(other),
             reverse("case", args=[other.id]))
            for other in found.linked
        ],
        "linked_rows": filters.rows(cluster=row.cluster) if row.cluster else "",
        "may_amend": row.voided_at is None and _unit(request, row) is not None,
        "trail": [(_("Line list"), reverse("cases")), (_called(row), None)],
        "last": request.session.pop("case.receipt", None),
    }  # fmt: skip
    return render(request, "surveillance/case.html", context)


@screen(right=AMEND)
@require_http_methods(["GET", "POST"])
def amend(request: ActorRequest, id: UUID) -> HttpResponse:
    """Correct a case: what is typed anew is sent as an amendment, the rest stays as it was."""
    found = _find(request, id)
    unit = _unit(request, found.row)
    if unit is None or found.row.voided_at is not None:
        raise Http404
    if found.row.masked:  # a form without the name would send an empty one
        messages.warning(request, _("State the purpose of your session first: whose case this is is shown for a purpose only."))  # fmt: skip
        return redirect("account")
    _note_reading(request, id)
    atlas, on = registry.atlas(), clock.today()
    units = [(str(found.row.unit), found.row.unit_name)]
    if request.method == "GET":
        form = CaseForm(
            initial=initial_of(found.content, atlas, on), places=atlas, on=on, units=units
        )
        return _amending(request, found, form)
    data = filled(request, request.POST)
    if request.POST.get("person") == str(found.content.person):
        data["person"] = str(found.content.person)  # kept, also by who may not open the person
    form = CaseForm(data, places=atlas, on=on, units=units)
    if not form.is_valid():
        return _amending(request, found, form, 422)
    person = form.cleaned_data.get("person")
    after = form.report(person=UUID(person) if person else None)
    payload = AmendCase(
        case=id,
        changes=msgspec.convert(msgspec.to_builtins(changes(found.content, after)), CaseChanges),
        reason=request.POST.get("reason", "").strip()[:500],
        revision=_revision(request, found),
    )
    receipt = _commit(request, payload, unit, id)
    if receipt.refusal is not None:
        form.refuse(receipt.refusal.refusal())
        return _amending(request, found, form, 422)
    _say(request, _("The case is amended. Kept at position {n} of the journal."), receipt)
    return redirect("case", id=id)


@screen(right=AMEND)
@require_http_methods(["GET", "POST"])
def void(request: ActorRequest, id: UUID) -> HttpResponse:
    """Take a case out of all counts, with the reason; it stays to be seen."""
    found = _find(request, id)
    unit = _unit(request, found.row)
    if unit is None or found.row.voided_at is not None:
        raise Http404
    _note_reading(request, id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        payload = VoidCase(case=id, reason=form.cleaned_data["reason"])
        receipt = _commit(request, payload, unit, id)
        if receipt.refusal is None:
            _say(request, _("The case is void. Kept at position {n} of the journal."), receipt)
            return redirect("case", id=id)
        form.add_error(None, words.said(receipt.refusal))
    context = {
        "form": form,
        "row": found.row,
        "disease": found.row.disease_name(words.language()),
        "trail": _trail(found, _("Void")),
    }
    return render(
        request, "surveillance/case_void.html", context, status=422 if form.errors else 200
    )  # fmt: skip


def _called(row: queries.CaseRow) -> str:
    if row.masked:
        return _("Name withheld")
    return row.name or _("Name not given")


def _find(request: ActorRequest, id: UUID) -> queries.CaseDetail:
    found = queries.case(by=request.actor, id=id)
    if found is None:
        raise Http404
    return found


def _note_reading(request: ActorRequest, id: UUID) -> None:
    accounts.record_readings(by=request.actor, subject=SUBJECT, ids=[id], at=clock.now())


def _unit(request: ActorRequest, row: queries.CaseRow) -> UUID | None:
    """The unit for which the reader may correct the case: that which reported it, or its commune."""
    for unit in (row.unit, row.commune):
        if policies.may(request.actor, AMEND, unit):
            return unit
    return None


def _revision(request: ActorRequest, found: queries.CaseDetail) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 6 else found.row.revision


def _commit(request: ActorRequest, payload: Payload, unit: UUID, case: UUID) -> Receipt:
    now = clock.now()
    operation = Operation.of(
        payload, unit=unit, happened_on=now.date(), recorded_at=now, corrects=case
    )
    return commit(by=request.actor, operations=[operation], at=now)[0]


def _say(request: ActorRequest, template: str, receipt: Receipt) -> None:
    messages.success(request, template.format(n=number(receipt.position)))


def _amending(
    request: ActorRequest, found: queries.CaseDetail, form: CaseForm, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "row": found.row,
        "asked": [form[name] for name in form.asked],
        "folded": [
            (title, [form[name] for name in names],
             any(form[name].errors or form[name].value() not in (None, "", "unknown")
                 for name in names))
            for title, names in form.folded
        ],
        "today": clock.today(),
        "revision": _revision(request, found),
        "reason": request.POST.get("reason", ""),
        "trail": _trail(found, _("Amend")),
        "may_search": policies.may(request.actor, "registry.person.read"),
    }  # fmt: skip
    return render(request, "surveillance/case_amend.html", context, status=status)


def _trail(found: queries.CaseDetail, last: str) -> list[tuple[str, str | None]]:
    name = _called(found.row)
    return [
        (_("Line list"), reverse("cases")),
        (name, reverse("case", args=[found.row.id])),
        (last, None),
    ]


def _facts(found: queries.CaseDetail, names: tuple[str, ...]) -> list[tuple[str, str]]:
    plain = msgspec.structs.asdict(found.content) | {
        "commune": found.row.commune, "village": found.row.village, "age": found.row.age,
        "diagnosed_on": found.row.diagnosed_on,
    }  # fmt: skip
    return _pairs(plain, names, found)


def _pairs(
    plain: Mapping[str, Any], names: tuple[str, ...], found: queries.CaseDetail
) -> list[tuple[str, str]]:
    atlas = registry.atlas()
    pairs = []
    for name in names:
        said = words.value_of(name, plain.get(name), atlas, found.row.onset_on)
        if said is not None:
            pairs.append((words.word(words.FIELD, name), said))
    return pairs


def _history(found: queries.CaseDetail) -> list[dict[str, Any]]:
    """Each step of the case with what it changed, newest first."""
    who = access.names({kept.author for kept in found.history})
    atlas, on = registry.atlas(), found.row.onset_on
    plain: dict[str, Any] = {}
    steps = []
    for kept in found.history:
        said = kept.payload if isinstance(kept.payload, dict) else {}
        step: dict[str, Any] = {
            "kept": kept, "by": who.get(kept.author, ""), "reason": said.get("reason", ""),
            "title": _title(kept), "diff": [], "href": reverse("operation", args=[kept.id]),
        }  # fmt: skip
        if kept.kind == "surveillance.report_case":
            plain = dict(said)
        elif kept.kind == "surveillance.amend_case":
            new = said.get("changes") or {}
            step["diff"] = [
                (words.word(words.FIELD, name), _said(name, plain.get(name), atlas, on),
                 _said(name, value, atlas, on))
                for name, value in new.items()
            ]  # fmt: skip
            plain |= new
        steps.append(step)
    return steps[::-1]


def _title(kept: Kept) -> str:
    return {
        "surveillance.report_case": _("Reported"),
        "surveillance.amend_case": _("Amended"),
        "surveillance.void_case": _("Voided"),
    }.get(kept.kind, kept.kind)


def _said(name: str, value: Any, atlas: Any, on: Any) -> str | None:
    """A stored value as it is read: ids of places are text in the journal."""
    if name in ("commune", "village", "facility") and isinstance(value, str):
        value = UUID(value)
    if isinstance(value, str) and name.endswith("_on"):
        year, month, day = value.split("-")
        return f"{day}/{month}/{year}"
    return words.value_of(name, value, atlas, on)
