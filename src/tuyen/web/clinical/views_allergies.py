"""What somebody does not bear: written down, that none is known too; corrected, ended, never taken out."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.services import record_readings
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import AmendAllergy, EndAllergy, Intolerance, RecordAllergy
from tuyen.apps.clinical.queries import AllergyChange, AllergyRow
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.queries import PersonRow
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Payload
from tuyen.kernel.text import fold
from tuyen.rules.clinical import allergies as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.clinical import not_borne, reading, saving
from tuyen.web.clinical.cells import Typed
from tuyen.web.clinical.visit_words import CERTAINTY
from tuyen.web.sentences import say
from tuyen.web.surveillance.views_resources import day_of
from tuyen.web.surveillance.words import language

READ, RECORD = queries.READ, queries.RECORD
SUBJECT = "clinical.allergy"
NAMES = ("op", "what", "chosen", "category", "kind", "severity", "certainty", "reaction", "since", "note",
         "why", "ended_on", "how")  # fmt: skip
ENDS = ("refuted", "resolved", "error")
LIMIT = 8
# Fields of a refusal of the record -> the field beside which it is said.
BESIDE = {
    "clinical.unknown-against": "what", "clinical.against-unnamed": "what",
    "clinical.allergy-already": "what", "clinical.in-the-future": "since",
    "clinical.reason-needed": "why", "clinical.ends-before-it-was-noted": "ended_on",
}  # fmt: skip


@screen(right=READ)
@never_cache
@require_http_methods(["GET", "POST"])
def allergies(request: ActorRequest, id: UUID) -> HttpResponse:
    """What somebody does not bear, what ended, and the form for one more."""
    by, row = request.actor, _person(request, id)
    if row.merged_into is not None:
        return redirect("care-allergies", id=row.merged_into)
    unit = _acting(by)
    typed = Typed(NAMES, {}, {"op": str(uuid7()), "certainty": "confirmed", "kind": "allergy"})
    if request.method == "POST":
        if unit is None:
            raise Http404
        typed = Typed.posted(request.POST, NAMES, {})
        none = request.POST.get("do") == "none"
        what = Intolerance(against="none") if none else _read(typed)
        if typed.valid and what is not None:
            payload = RecordAllergy(person=row.id, noted_on=clock.today(), what=what)
            if _sent(request, typed, payload, unit):
                messages.success(request, _("It is written down."))
                return redirect("care-allergies", id=row.id)
    record_readings(by=by, subject=SUBJECT, ids=[row.id], at=clock.now())
    rows = queries.allergies_of(by=by, person=row.id, ended=True)
    changes = queries.allergy_changes(by=by, ids=[one.id for one in rows])
    context = _page(row, typed) | {
        "live": _lines(by, [one for one in rows if one.state == "live"], changes),
        "ended": _lines(by, [one for one in rows if one.state == "ended"], changes),
        "may": unit is not None, "may_none": all(one.state == "ended" for one in rows),
    }  # fmt: skip
    status = 422 if typed.general or typed.faulty else 200
    return render(request, "clinical/allergies.html", context, status=status)


@screen(right=RECORD)
@never_cache
@require_http_methods(["GET", "POST"])
def allergy(request: ActorRequest, id: UUID) -> HttpResponse:
    """Correct an entry as a whole, or end it; each with its reason."""
    by = request.actor
    held = next(iter(queries.allergies(by=by, ids=[id])), None)
    if held is None or held.state != "live" or not policies.may(by, RECORD, held.unit):
        raise Http404
    row = _person(request, held.person)
    typed = Typed(NAMES, {}, _initial(held))
    if request.method == "POST":
        typed = Typed.posted(request.POST, NAMES, {})
        payload = _end(typed, held) if request.POST.get("do") == "end" else _amend(typed, held)
        if payload is not None and typed.valid and _sent(request, typed, payload, held.unit, id):
            messages.success(request, _("It is written down."))
            return redirect("care-allergies", id=row.id)
    record_readings(by=by, subject=SUBJECT, ids=[row.id], at=clock.now())
    context = _page(row, typed) | {
        "title": not_borne.named(held), "amending": held.against != "none", "one": held,
        "ends": [(key, rules.word("ended", key, language())) for key in ENDS],
    }  # fmt: skip
    status = 422 if typed.general or typed.faulty else 200
    return render(request, "clinical/allergy.html", context, status=status)


@screen(right=RECORD)
@require_GET
def suggest(request: ActorRequest) -> HttpResponse:
    """Medicines, vaccines and classes by a few letters."""
    words = fold(request.GET.get("q", "")[:100]).split()
    found = [
        {"label": name, "value": value, "note": note}
        for value, name, names, note in _choices()
        if words and all(any(f" {w}" in f" {line}" for line in names) for w in words)
    ]
    items = found[:LIMIT]
    return render(request, "surveillance/_options.html", {"items": items, "prefix": "care"})


def _choices() -> list[tuple[str, str, list[str], str]]:
    """(value, name, folded names, note) of everything that can be named by a code, classes first."""
    spoken = language()
    classes = [
        (f"class:{one.key}", one.name(spoken), [fold(name) for name in one.names.values()], _("class"))
        for one in rules.classes(clock.today()).values()
    ]  # fmt: skip
    return classes + [
        (f"item:{one.code}", one.name(spoken), [fold(name) for name in one.names.values()], "")
        for one in rules.medicines_on_the_list()
    ]


def _page(row: PersonRow, typed: Typed) -> dict[str, Any]:
    spoken = language()
    blank = [("", "–")]
    return {
        "form": typed, "faults": typed.faulty, "name": row.name, "as_of": clock.now(),
        "person_href": reverse("care-person", args=[row.id]), "suggest_url": reverse("care-unborne"),
        "back": reverse("care-allergies", args=[row.id]),
        "kinds": list(rules.words("kind", spoken).items()),
        "categories": list(rules.words("category", spoken).items()),
        "severities": blank + list(rules.words("severity", spoken).items()),
        "certainties": list(CERTAINTY.items()),
        "trail": [(_("Care today"), reverse("care")), (row.name, reverse("care-person", args=[row.id])),
                  (_("Allergies"), reverse("care-allergies", args=[row.id]))],
    }  # fmt: skip


def _lines(
    by: Actor, rows: list[AllergyRow], changes: list[AllergyChange]
) -> list[dict[str, Any]]:  # fmt: skip
    """Each entry with who wrote it, how it ended, and what had stood before its corrections."""
    authors = [*(one.author for one in rows), *(one.author for one in changes)]
    who = access.names({author for author in authors if author})
    spoken, found = language(), []
    for line in not_borne.shown(rows):
        row = line["row"]
        steps = [one for one in changes if one.allergy == row.id and one.what == "amended"]
        found.append(line | {
            "by": who.get(row.author, "") if row.author else "",
            "category": rules.word("category", row.category, spoken),
            "ended": rules.word("ended", row.how, spoken) if row.how else "",
            "href": reverse("care-allergy", args=[row.id])
            if row.state == "live" and policies.may(by, RECORD, row.unit) else "",
            "before": [
                {"at": one.at, "reason": one.reason, "who": who.get(one.author, "") if one.author else "",
                 "said": " · ".join(filter(None, (
                     rules.named(one.before.against, one.before.code, one.before.name, spoken),
                     rules.word("severity", one.before.severity, spoken) if one.before.severity else "",
                     one.before.reaction)))}
                for one in steps
            ],
        })  # fmt: skip
    return found


def _read(typed: Typed) -> Intolerance | None:
    """What was typed: a medicine or a class where one is meant, else words."""
    text, chosen = typed.text("what")[:200], typed.text("chosen")
    if not text:
        typed.wrong("what", say(reading.Missing()))
    known = {value: (name, names) for value, name, names, _note in _choices()}
    if chosen not in known or known[chosen][0] != text:
        chosen = next((v for v, (_n, names) in known.items() if fold(text) in names), "")
    against, _colon, code = chosen.partition(":")
    since = _day(typed, "since")
    if not typed.valid:
        return None
    category = (
        typed.text("category") if typed.text("category") in rules.words("category") else "other"
    )
    return Intolerance(
        against="item" if against == "item" else "class" if against == "class" else "other",
        code=code, name="" if code else text, category="medicine" if code else category,  # type: ignore[arg-type]
        kind=_one_of(typed, "kind", "allergy"), severity=_one_of(typed, "severity", ""),
        certainty="suspected" if typed.text("certainty") == "suspected" else "confirmed",
        reaction=typed.text("reaction")[:500], since=since, note=typed.text("note")[:500],
    )  # fmt: skip


def _one_of(typed: Typed, name: str, other: str) -> Any:
    told = typed.text(name)
    return told if told in rules.words(name) else other


def _day(typed: Typed, name: str) -> date | None:
    text = typed.text(name)
    day = day_of(text) if text else None
    if text and day is None:
        typed.wrong(name, say(reading.NotADay(text=text[:40])))
    return day


def _amend(typed: Typed, held: AllergyRow) -> AmendAllergy | None:
    what = _read(typed)
    if len(typed.text("why")) < not_borne.LEAST:
        typed.wrong("why", say(reading.Missing()))
    if what is None or not typed.valid:
        return None
    return AmendAllergy(allergy=held.id, reason=typed.text("why")[:500], what=what)


def _end(typed: Typed, held: AllergyRow) -> EndAllergy | None:
    on, how = _day(typed, "ended_on"), typed.text("how")
    if len(typed.text("why")) < not_borne.LEAST:
        typed.wrong("why", say(reading.Missing()))
    if how not in ENDS or not typed.valid:
        return None
    on = on or clock.today()
    return EndAllergy(allergy=held.id, on=on, how=how, reason=typed.text("why")[:500])  # type: ignore[arg-type]


def _initial(held: AllergyRow) -> dict[str, str]:
    by_code = f"{held.against}:{held.code}" if held.code else ""
    return {
        "op": str(uuid7()), "what": not_borne.named(held), "chosen": by_code, "category": held.category,
        "kind": held.kind, "severity": held.severity, "certainty": held.certainty,
        "reaction": held.reaction, "since": f"{held.since:%d/%m/%Y}" if held.since else "",
        "note": held.note, "ended_on": f"{clock.today():%d/%m/%Y}", "how": "refuted",
    }  # fmt: skip


def _sent(
    request: ActorRequest, typed: Typed, payload: Payload, unit: UUID, corrects: UUID | None = None
) -> bool:
    sent = saving.send(request, typed, payload, unit=unit, corrects=corrects, beside=BESIDE)
    return sent is not None


def _acting(by: Actor) -> UUID | None:
    return next((post.unit for post in by.posts if policies.may(by, RECORD, post.unit)), None)


def _person(request: ActorRequest, id: UUID) -> PersonRow:
    row = registry.people(by=request.actor, ids=[id]).get(id)
    if row is None:
        raise Http404
    return row
