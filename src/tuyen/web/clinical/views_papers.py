"""Papers that a visit gives out: what is written on each, once, for the patient and for the claim."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from msgspec.structs import replace

from tuyen.apps.access import policies
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import AmendVisit, Content, Issued
from tuyen.apps.registry import queries as registry
from tuyen.kernel.ids import uuid7
from tuyen.rules.clinical import papers as rules
from tuyen.rules.clinical.programme import Question, Words
from tuyen.web.access import ActorRequest, screen
from tuyen.web.clinical import answers, reading, saving, views_shown
from tuyen.web.clinical import visit_words as words
from tuyen.web.clinical.cells import Typed
from tuyen.web.sentences import say


@dataclass(frozen=True, slots=True)
class Sheet:
    """A kind of paper as a form."""

    key: str
    names: Words
    form: dict[str, Question]


@screen(right=queries.RECORD)
@never_cache
@require_http_methods(["GET", "POST"])
def papers(request: ActorRequest, id: UUID) -> HttpResponse:
    """The papers of a visit: write one, mend it, take it back."""
    facts = views_shown.find(request, id)
    if not policies.may(request.actor, queries.RECORD, facts.row.unit) or facts.row.state != "live":
        raise Http404
    if facts.row.apart and not facts.opened:
        messages.warning(request, _("Part of this visit stands apart: state the purpose first."))
        return redirect("visit", id=id)
    sheets = [Sheet(code, one.names, one.form) for code, one in rules.papers().items()]
    given = request.POST
    chosen = next((one for one in sheets if one.key == given.get("what")), None)
    forms = {one.key: _form(one, facts.content) for one in sheets}
    if request.method == "POST" and chosen is not None:
        typed = Typed.posted(given, ("op", *answers.names([chosen])), {})
        forms[chosen.key] = typed
        told = _told(chosen, typed, facts.content, remove=given.get("do") == "remove")
        if told is not None:
            why = _("Paper: {name}").format(name=words.paper(chosen.key))
            payload = AmendVisit(visit=id, reason=why[:500], content=told)
            if saving.send(request, typed, payload, unit=facts.row.unit, corrects=id):
                messages.success(request, _("The papers of the visit are saved."))
                return redirect("visit-papers", id=id)
    person = registry.people(by=request.actor, ids=[facts.row.person]).get(facts.row.person)
    name = person.name if person else _("Name withheld")
    context = {
        "title": _("Papers of the visit"), "lead": name,
        "sheets": [_shown(one, forms[one.key], facts.content) for one in sheets],
        "trail": [(_("Care today"), reverse("care")), (name, reverse("visit", args=[id])),
                  (_("Papers"), None)],
    }  # fmt: skip
    wrong = any(not form.valid for form in forms.values())
    return render(request, "clinical/papers.html", context, status=422 if wrong else 200)


def _form(sheet: Sheet, content: Content) -> Typed:
    """A paper as it stands, or empty."""
    held = next((one.fields for one in content.papers if one.what == sheet.key), {})
    initial = {
        f"{answers.MARK}.{sheet.key}.{field}": answers.as_typed(question, held.get(field, ""))
        for field, question in sheet.form.items()
        if held.get(field)
    }
    return Typed(("op", *answers.names([sheet])), {}, {"op": str(uuid7()), **initial})


def _told(sheet: Sheet, typed: Typed, content: Content, *, remove: bool) -> Content | None:
    """The visit with the paper as it was typed; None where it cannot be saved, which is said."""
    others = tuple(one for one in content.papers if one.what != sheet.key)
    if remove:
        return replace(content, papers=others)
    read = answers.read(typed, [sheet], say)
    for field, question in sheet.form.items():
        cell = typed[f"{answers.MARK}.{sheet.key}.{field}"]
        if question.needed and not cell.value.strip():
            cell.error = say(reading.Missing())
    if not typed.valid or not read:
        return None
    return replace(content, papers=(*others, Issued(what=sheet.key, fields=read[0].fields)))


def _shown(sheet: Sheet, typed: Typed, content: Content) -> dict[str, Any]:
    (part,) = answers.shown(typed, [sheet])
    needed = {name for name, question in sheet.form.items() if question.needed}
    for name, field in zip(sheet.form, part["fields"], strict=True):
        if name in needed:
            field["label"] = _("{label} (needed)").format(label=field["label"])
    held = any(one.what == sheet.key for one in content.papers)
    return part | {
        "what": sheet.key, "held": held, "op": typed["op"].value, "faults": typed.faulty,
        "general": typed.general, "open": held or not typed.valid,
    }  # fmt: skip
