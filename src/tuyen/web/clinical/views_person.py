"""A person in one page: visits along time, values against their target, drugs, doses, what is next."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock, policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.services import record_readings
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.queries import Point, VisitFacts, growth
from tuyen.apps.immunization import queries as immunization
from tuyen.apps.registry.queries import PersonRow
from tuyen.rules.clinical import pregnancy, programme
from tuyen.web.access import ActorRequest, screen
from tuyen.web.charts import Band, Measure, render_trend
from tuyen.web.clinical import not_borne, start, views_growth, views_shown
from tuyen.web.clinical import visit_words as words
from tuyen.web.clinical.start import Start
from tuyen.web.clinical.views_visit import PERSON, acting, last_values
from tuyen.web.immunization import words as doses
from tuyen.web.registry.lines import line

READ = queries.READ
PRESSURES = ("systolic", "diastolic")
SUGARS = ("glucose_fasting", "glucose_random", "glucose_2h")
VISITS = 30
CHILD = 5 * 12  # months up to which the curves are drawn


@screen(right=READ)
@never_cache
@require_GET
def person(request: ActorRequest, id: UUID) -> HttpResponse:
    """The summary of a person. That it was opened is written down."""
    by, on, now = request.actor, clock.today(), clock.now()
    known = start.begin(by, id, on)
    if known is None:
        raise Http404
    if known.card.row.merged_into is not None:
        return redirect("care-person", id=known.card.row.merged_into)
    visits = queries.visits_of(by=by, person=id, limit=VISITS)
    opened = any(one.opened for one in visits)
    record_readings(by=by, subject=views_shown.APART if opened else PERSON, ids=[id], at=now)
    row = known.card.row
    context = {
        "row": line(row, on), "name": row.name, "as_of": now,
        "trail": [(_("Care today"), reverse("care")), (row.name, None)],
        "may_record": acting(by) is not None and row.died_on is None,
        "new_href": reverse("visit-new", args=[id]), "person_href": reverse("person", args=[id]),
        "payer": start.payer_said(known), "next": _next(visits, on), "last": last_values(known),
        "charts": charts(by, id, on), "timeline": [_event(one) for one in visits],
        "withheld": any(one.row.apart and not one.opened for one in visits),
        "here": request.path, "drugs": _drugs(known), "drugs_on": known.drugs_on,
        "curves": _curves(by, row, known.months), "pregnancies": _pregnancies(known),
        "allergies": not_borne.shown(known.heeded.allergies),
        "allergies_href": reverse("care-allergies", args=[id]),
        "doses": dose_strip(by, id), "child_href": reverse("child", args=[id]),
        "links": _links(by, id, known.months), "programmes": [one.names.of(words.language()) for one in known.programmes],
    }  # fmt: skip
    return render(request, "clinical/person.html", context)


def charts(by: Actor, id: UUID, on: date) -> list[SafeString]:
    """Blood pressure and glucose against what is aimed at, where there is anything to draw."""
    points = queries.series(by=by, person=id, whats=[*PRESSURES, *SUGARS])
    drawn = []
    pressures = _days(points, PRESSURES)
    if pressures:
        limits = _limits("hypertension", on, PRESSURES)
        upper, lower = limits.get("systolic"), limits.get("diastolic")
        bands = [Band(lower[1], upper[1], _("Aim: below {upper}/{lower} mmHg").format(
            upper=f"{upper[1]:g}", lower=f"{lower[1]:g}"))] if upper and lower else []  # fmt: skip
        drawn.append(render_trend(
            [_measure(day, values, href, limits, PRESSURES) for day, values, href in pressures],
            title=_("Blood pressure"), lines=[_("upper"), _("lower")], unit="mmHg",
            bands=[Band(None, bands[0].high, bands[0].words)] if bands else [],
        ))  # fmt: skip
    sugars = _days(points, SUGARS)
    if sugars:
        limits = _limits("diabetes", on, SUGARS)
        fasting = limits.get("glucose_fasting")
        bands = [Band(fasting[0], fasting[1], _("Aim fasting: {low} to {high} mmol/L").format(
            low=f"{fasting[0] or 0:g}", high=f"{fasting[1] or 0:g}"))] if fasting else []  # fmt: skip
        drawn.append(render_trend(
            [_measure(day, values, href, limits, SUGARS) for day, values, href in sugars],
            title=_("Blood glucose"), lines=[str(words.GLUCOSE[what]) for what in SUGARS],
            unit="mmol/L", bands=bands, digits=1,
        ))  # fmt: skip
    return drawn


Days = list[tuple[date, tuple[float | None, ...], str]]
Limits = dict[str, tuple[float | None, float | None]]


def _days(points: Sequence[Point], whats: Sequence[str]) -> Days:
    """The values of each visit, one for each of ``whats``, with the visit's address."""
    visits: dict[UUID, dict[str, Point]] = {}
    for point in points:
        if point.what in whats:
            visits.setdefault(point.visit, {})[point.what] = point
    found = []
    for visit, told in visits.items():
        at = next(iter(told.values())).at
        values = tuple(float(told[w].value) if w in told else None for w in whats)
        found.append((words.local_day(at), values, reverse("visit", args=[visit])))
    return sorted(found)


def _limits(key: str, on: date, whats: Sequence[str]) -> Limits:
    """What -> (from, below) by which somebody in a programme is counted as controlled."""
    held = programme.programmes().get(key)
    found: Limits = {}
    for group in held.control(on) if held else ():
        for limit in group:
            if limit.what in whats:
                low = limit.since if limit.since is not None else limit.above
                high = limit.below if limit.below is not None else limit.to
                found[limit.what] = (low, high)
    return found


def _measure(
    on: date, values: tuple[float | None, ...], href: str, limits: Limits, whats: Sequence[str]
) -> Measure:  # fmt: skip
    outside = False
    for what, value in zip(whats, values, strict=True):
        low, high = limits.get(what, (None, None))
        if value is not None:
            outside |= (low is not None and value < low) or (high is not None and value >= high)
    return Measure(on, values, href, outside)


def _curves(by: Actor, row: PersonRow, months: int) -> list[SafeString]:
    """The curves of a child under five on the WHO standard, where anything was measured."""
    if months > CHILD or row.sex not in (1, 2):
        return []
    points = growth.growth(by=by, person=row.id)
    return views_growth.curves(row, points) if points else []


def _pregnancies(known: Start) -> list[dict[str, Any]]:
    """Every pregnancy on record, the latest first: how far, when expected, how it stands."""
    states = {"open": _("under care"), "born": _("born"), "over": _("over")}
    found = []
    for row in known.heeded.pregnancies:
        if row.state not in states:
            continue
        said = [_("expected {day}").format(day=f"{row.edd:%d/%m/%Y}")]
        if row.state == "open":
            said.append(_("{weeks} weeks").format(weeks=row.gestation.weeks))
            if row.signs:
                names = pregnancy.words("words")
                said += [names[key][words.language()] for key in row.signs]
        said.append(
            ngettext("{n} contact", "{n} contacts", len(row.contacts)).format(n=len(row.contacts))
        )
        found.append({
            "href": reverse("pregnancy", args=[row.id]), "state": states[row.state],
            "tone": "bad" if row.state == "open" and row.signs else "warn" if row.state == "open" else "",
            "said": " · ".join(said),
        })  # fmt: skip
    return found


def dose_strip(by: Actor, id: UUID) -> list[dict[str, Any]]:
    """The doses that count against each disease, and the next; nothing where the right is missing."""
    if not policies.may(by, "immunization.dose.read"):
        return []
    card = immunization.card(by=by, person=id)
    if card is None or not card.doses:
        return []
    held = {dose.id: dose for dose in card.doses}
    return [
        {
            "name": doses.group_name(row.group),
            "chips": [
                {"day": doses.given_on(held[one.dose]), "vaccine": doses.vaccine_name(held[one.dose].vaccine),
                 "valid": one.status == "valid"}
                for one in row.judged if one.dose in held
            ],
            "number": row.number if row.status == "not_complete" else None,
            "recommended": row.recommended,
        }
        for row in card.groups if row.judged
    ]  # fmt: skip


def _next(visits: Sequence[VisitFacts], on: date) -> dict[str, Any] | None:
    """The day that was agreed last, and whether it has passed."""
    last = visits[0] if visits else None
    if last is None or last.row.next_on is None:
        return None
    late = (on - last.row.next_on).days
    said = _("{n} days late").format(n=late) if late > 0 else ""
    return {"on": last.row.next_on, "late": said}


def _event(one: VisitFacts) -> dict[str, Any]:
    row = one.row
    told = [(m.what, m.value) for m in one.content.measured]
    bad = words.dangers(told, months=40 * 12)
    place = words.setting(row.setting) if row.setting != "station" else ""
    sent = (
        _("referred")
        if row.referral == "sent"
        else _("referred, note is back")
        if row.referral
        else ""
    )
    apart = _("part set apart") if row.apart and not one.opened else ""
    return {
        "when": row.began_at, "href": reverse("visit", args=[row.id]),
        "title": "; ".join(words.diagnosis(d.code) for d in one.content.diagnosed) or _("Visit"),
        "text": " · ".join(filter(None, (words.in_short(one.content), place, sent, apart))),
        "tone": "bad" if bad else "warn" if row.referral == "sent" else "",
    }  # fmt: skip


def _drugs(known: Start) -> list[dict[str, str]]:
    return [{"name": words.item(one.item), "said": words.drug(one)} for one in known.drugs]


def _links(by: Actor, id: UUID, months: int) -> list[tuple[str, str]]:
    """Pages of this person in other rooms, where they are there and say something at this age."""
    wanted = [
        (_("Immunisation card"), "child", "immunization.dose.read", months < 18 * 12),
        (pgettext("child", "Growth"), "growth-child", READ, months < 19 * 12),
        (_("Household and numbers"), "person", "registry.person.read", True),
    ]
    found = []
    for label, name, right, fits in wanted:
        href = views_shown.route(name, id) if fits and policies.may(by, right) else None
        if href:
            found.append((label, href))
    return found
