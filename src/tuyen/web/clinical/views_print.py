"""What a visit gives into the patient's hand: prescription, referral, appointment, summary."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock
from tuyen.apps.access import queries as access
from tuyen.apps.access.services import record_readings
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.queries import VisitFacts
from tuyen.apps.registry import queries as registry
from tuyen.web.access import ActorRequest, screen
from tuyen.web.clinical import book_cells as cells

SUBJECT = "clinical.visit"
LANGUAGES = {"vi": "Tiếng Việt", "en": "English", "zh-hans": "中文"}


@screen(right=queries.READ)
@never_cache
@require_GET
def sheet(request: ActorRequest, id: UUID, what: str) -> HttpResponse:
    """One slip of a visit on a sheet of paper, in Vietnamese unless the address asks otherwise."""
    facts = queries.visit(by=request.actor, id=id)
    if facts is None or what not in _PARTS or not _PARTS[what](facts):
        raise Http404
    record_readings(by=request.actor, subject=SUBJECT, ids=[facts.row.person], at=clock.now())
    given = request.GET.get("lang", "vi")
    chosen = given if given in LANGUAGES else "vi"
    with translation.override(chosen):
        paper = render_to_string("clinical/_sheet.html", _content(request, facts, what))
        title = _titles()[what]
    context = {
        "paper": mark_safe(paper),  # noqa: S308  # rendered by our own template, escaped there
        "title": title, "lang": chosen, "what": what, "facts": facts,
        "slips": [
            (name, reverse("care-print", args=[id, key]), key)
            for key, name in _titles().items()
            if _PARTS[key](facts)
        ],
        "languages": [(f"?lang={key}", name, key) for key, name in LANGUAGES.items()],
    }  # fmt: skip
    return render(request, "clinical/print.html", context)


_PARTS = {
    "prescription": lambda facts: bool(facts.content.prescribed),
    "referral": lambda facts: facts.content.referred is not None,
    "appointment": lambda facts: facts.content.next is not None,
    "summary": lambda facts: True,
}


def _titles() -> dict[str, str]:
    return {
        "prescription": _("Prescription"), "referral": _("Referral slip"),
        "appointment": _("Appointment slip"), "summary": _("Summary of the visit"),
    }  # fmt: skip


def _content(request: ActorRequest, facts: VisitFacts, what: str) -> dict[str, Any]:
    """Everything on the paper, in the language that is active."""
    row, content = facts.row, facts.content
    map_, key = registry.atlas(), cells.language()
    person = registry.people(by=request.actor, ids=[row.person]).get(row.person)
    signer = access.names({row.author}).get(row.author, "")
    sent = content.referred
    return {
        "title": _titles()[what], "what": what, "row": row, "content": content,
        "number": f"{row.day:%Y%m%d}-{row.seq:03d}", "shut": row.apart and not facts.opened,
        "unit": map_.full_name(row.unit, row.day), "person": person, "signer": signer,
        "sex": _sex(person.sex) if person else "",
        "address": (person.village or person.commune) if person else "",
        "card": registry.masked(row.card) if row.card else "",
        "diagnoses": [(one.code, one.main, one.note) for one in content.diagnosed],
        "values": [cells.measure_text(one.what, one.value) for one in content.measured],
        "services": [
            (cells.service_name(one.code, row.day), one.result) for one in content.served
        ],
        "medicines": [
            {
                "name": cells.item_name(one.item), "dose": cells.amount(one.dose),
                "times": one.times, "days": one.days, "quantity": cells.amount(one.quantity),
                "note": one.note,
            }
            for one in content.prescribed
        ],
        "sent_to": cells.place_name(sent.to, sent.to_name, row.day) if sent else "",
        "language": key, "void": row.state == "void",
    }  # fmt: skip


def _sex(code: int) -> str:
    return {1: _("Male"), 2: _("Female")}.get(code, _("Not known"))
