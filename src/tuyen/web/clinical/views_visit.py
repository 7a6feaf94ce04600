"""The visit at the desk: begun with what is known, saved by one request, shown as it stands."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.services import record_readings
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import Content, RecordVisit
from tuyen.apps.registry import queries as registry
from tuyen.web.access import ActorRequest, screen
from tuyen.web.clinical import answers, claim_check, not_borne, reading, saving, shelf, start
from tuyen.web.clinical import visit_words as words
from tuyen.web.clinical.cells import Row, Typed
from tuyen.web.clinical.start import Start
from tuyen.web.registry.lines import line

READ, RECORD = queries.READ, queries.RECORD
PERSON = "clinical.person"
SHOWN = ("systolic", "diastolic", "glucose_fasting", "glucose_random", "glucose_2h", "hba1c",
         "weight", "pulse", "creatinine", "cholesterol")  # fmt: skip
UNITS = {"pulse": "/min", "temperature": "°C", "respiration": "/min", "spo2": "%", "weight": "kg",
         "height": "cm", "waist": "cm", "hba1c": "%"}  # fmt: skip


@screen(right=RECORD)
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest, id: UUID) -> HttpResponse:
    """A visit: the form filled with what is known, and the one request that saves it."""
    by, now, unit = request.actor, clock.now(), acting(request.actor)
    row = registry.people(by=by, ids=[id]).get(id)
    if row is None or unit is None:
        raise Http404
    if row.merged_into is not None:
        return redirect("visit-new", id=row.merged_into)
    dangers: list[dict[str, Any]] = []
    typed: Typed | None = None
    found: claim_check.Check | None = None
    if request.method == "POST":
        typed = saving.posted(request.POST)
        months = start.months(row.born_on, now.date())
        heeded = start.heed(by, row, now.date())
        judged = saving.judge(typed, request.POST, now=now, months=months, heeded=heeded)
        dangers = judged.dangers
        told = saving.content(judged.parts, id, judged.began)
        only = request.POST.get("do") == claim_check.ONLY
        if only or (typed.valid and not dangers):
            found = claim_check.check(by, typed, told, unit, id=saving.id_of(typed), on=now.date())
            if not only and not claim_check.ask(found, told, request.POST):
                saved = _saved(request, typed, told, unit)
                if saved is not None:
                    return redirect(reverse("visit", args=[saved]) + "?saved=1")
        start.blanks(typed)
    known = start.begin(by, id, now.date())
    if known is None:
        raise Http404
    if typed is None:
        held = shelf.held(by, unit, known.on, [one.item for one in known.drugs])
        typed = start.form(known, {one.item: shelf.default(held, one.item) for one in known.drugs})
        record_readings(by=by, subject=PERSON, ids=[id], at=now)
    context = page(by, known, typed, unit, found) | {
        "check_url": claim_check.address(by, unit, id),
        "title": _("Visit"), "critical": dangers,
        "trail": [(_("Care today"), reverse("care")), (known.card.row.name, None)],
    }  # fmt: skip
    status = 200 if request.method == "GET" else 422
    return render(request, "clinical/visit_new.html", context, status=status)


def _saved(request: ActorRequest, typed: Typed, told: Content, unit: UUID) -> UUID | None:
    """The id of the visit that was saved: now, or by the same form a moment ago. Where another
    content was saved under it, that is said, and what was typed since stays in the form."""
    op = saving.id_of(typed)
    payload = RecordVisit(**{n: getattr(told, n) for n in told.__struct_fields__})
    receipt = saving.send(request, typed, payload, unit=unit, id=op)
    if receipt is not None:
        return receipt.id
    facts = queries.visit(by=request.actor, id=op)
    if facts is None:
        return None
    typed.general.clear()
    typed["op"].value = str(op)
    if saving.same(facts.content, told):
        return op
    typed.general.append(
        _(
            "This visit was saved already, and was changed here since: open it, and correct it there."
        )
    )
    return None


def page(
    by: Actor, known: Start, typed: Typed, unit: UUID, found: claim_check.Check | None = None
) -> dict[str, Any]:
    """What the form of a visit shows beside its fields; ``found``: what its claim would come back for."""
    on = known.on
    noted = claim_check.shown(found, typed)
    faults = typed.faulty
    coded = [row.text("chosen") for row in typed.tables["rx"]]
    held = shelf.held(by, unit, on, [*coded, *(one.item for one in known.drugs)])
    asked = not_borne.warned(
        known.heeded.allergies, [*coded, *(one.item for one in known.drugs)], on
    )
    typed_codes = [row.text("chosen") for row in typed.tables["dx"] if row.text("chosen")]
    return {
        "form": typed, "faults": faults, "row": line(known.card.row, on), "as_of": clock.now(),
        "summary": reverse("care-person", args=[known.person]),
        "payer": start.payer_said(known), "card_hint": _("as on record"),
        "programmes": [one.names.of(words.language()) for one in known.programmes], "quick": not faults,
        "allergies": not_borne.shown(known.heeded.allergies),
        "allergies_href": reverse("care-allergies", args=[known.person]),
        "pregnancy": pregnancy_said(known), "last": last_values(known), "before": [_before(one) for one in known.visits[:4]],
        "drugs": drugs(known, held), "drugs_on": known.drugs_on,
        "rx": [_line(row, held, asked) for row in typed.tables["rx"]],
        "dx": typed.tables["dx"], "sv": typed.tables["sv"],
        "diagnoses_said": "; ".join(words.diagnosis(code) for code in typed_codes),
        "next_said": known.next.said,
        "singles": [
            {"cell": typed[name], "label": words.measure(name), "unit": UNITS[name]}
            for name in reading.SINGLE
        ],
        "glucose_kinds": list(words.GLUCOSE.items()), "payers": list(words.PAYERS.items()),
        "settings": list(words.SETTINGS.items()), "cares": words.cares(on),
        "attendances": words.attendances(on), "outcomes": words.outcomes(on),
        "leavings": words.leavings(on), "certainties": list(words.CERTAINTY.items()),
        "item_url": reverse("care-items"), "diagnosis_url": reverse("care-diagnoses"),
        "service_url": reverse("care-services"), "unit_url": reverse("facilities-suggest"),
        "open": opened(typed, asked.keys() & {*coded}), "answers": answers.shown(
            typed, known.programmes, answers.spent(by, known.person, known.programmes, on),
            answers.groups_of(known.heeded.enrolled),
        ), **noted,
    }  # fmt: skip


def opened(typed: Typed, asked: Collection[str] = ()) -> dict[str, bool]:
    """The folded parts that something is wrong in, or that hold what must be seen; ``asked`` are
    medicines of the form that are not borne."""
    wrong = {ident.removeprefix("id_") for ident, _said in typed.faulty} | {
        cell.ident.removeprefix("id_") for cell in typed.every() if cell.notes
    }

    def within(*names: str) -> bool:
        return any(name.startswith(names) for name in wrong)

    return {
        "drugs": within("rx_") or bool(asked), "diagnoses": within("dx_"),
        "more": within("sv_", "reason", "course", "advice", *reading.SINGLE),
        "referral": within("refer_") or bool(typed.text("refer_name")),
        "frame": within("payer", "card", "care", "attendance", "setting", "began", "practitioner",
                        "outcome", "leaving"),
    }  # fmt: skip


def acting(by: Actor) -> UUID | None:
    """The unit for which somebody records: that of the first post that may."""
    return next((post.unit for post in by.posts if policies.may(by, RECORD, post.unit)), None)


def last_values(known: Start) -> list[words.Value]:
    """The latest of what is followed, with what is dangerous marked."""
    held = [(what, *known.values[what]) for what in SHOWN if what in known.values]
    pregnant = known.heeded.pregnancy is not None
    told = ((what, value) for what, value, _at in held)
    found = words.dangers(told, months=known.months, pregnant=pregnant)
    bad = {one["what"]: "bad" for one in found}
    return words.shown(((what, value, words.local_day(at)) for what, value, at in held), tones=bad)


def drugs(known: Start, held: shelf.Shelf | None) -> list[dict[str, Any]]:
    """The drugs of last time, what lies on the shelf of each, and what is not borne."""
    asked = not_borne.warned(known.heeded.allergies, (one.item for one in known.drugs), known.on)
    return [
        {"name": words.item(one.item), "said": words.drug(one), **shelf.said(held, one.item, one.quantity),
         "asked": [not_borne.sentence(each) for each in asked.get(one.item, ())]}
        for one in known.drugs
    ]  # fmt: skip


def pregnancy_said(known: Start) -> dict[str, str] | None:
    """How far a pregnancy is, and when the birth is expected."""
    row = known.heeded.pregnancy
    if row is None:
        return None
    said = _("pregnant, {weeks} weeks and {days} days; birth expected {day}").format(
        weeks=row.gestation.weeks, days=row.gestation.days, day=f"{row.edd:%d/%m/%Y}"
    )
    return {"said": said, "href": reverse("pregnancy", args=[row.id])}


def _line(
    row: Row, held: shelf.Shelf | None, asked: Mapping[str, list[not_borne.Warned]]
) -> dict[str, Any]:  # fmt: skip
    code = row.text("chosen")
    why = " ".join(not_borne.sentence(one) for one in asked.get(code, ()))
    return {
        "row": row.cells, "unit": words.item_unit(code), "lots": shelf.choices(held, code),
        "asked": why, "ask": bool(why or row["despite"].error or row.text("despite")),
    }  # fmt: skip


def _before(one: queries.VisitFacts) -> dict[str, Any]:
    return {
        "on": one.row.day, "href": reverse("visit", args=[one.row.id]),
        "said": words.in_short(one.content),
    }  # fmt: skip
