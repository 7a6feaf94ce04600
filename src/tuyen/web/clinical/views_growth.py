"""Growth: who is malnourished and under treatment, the figures, and a child's curves."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods
from msgspec.structs import replace

from tuyen.apps.access import clock, policies
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import AdmitMalnourished, DischargeMalnourished, Dispensed
from tuyen.apps.clinical.queries import growth as asked
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.queries import PersonRow
from tuyen.engines.clinical import growth as engine
from tuyen.rules.clinical import nutrition
from tuyen.web.access import ActorRequest, screen
from tuyen.web.charts.growth import Lines, Measured, render_growth
from tuyen.web.clinical import care_sending as sending
from tuyen.web.clinical.care_pages import (
    Asked,
    Cell,
    Form,
    Notes,
    Page,
    Pictures,
    Stats,
    Table,
    options,
    show,
)
from tuyen.web.templatetags.figures import day as shown_day
from tuyen.web.templatetags.figures import number as shown_number

MEASURES = ("weight", "length", "height", "muac", "oedema")
ANSWERS = ("vitamin_a", "dewormed", "appetite", "danger")
_LINES = (-3, -2, 0, 2, 3)
_HALF = 7


def acute_words() -> dict[str, str]:
    """Classes of acute malnutrition."""
    return {
        "none": _("not malnourished"), "moderate": _("moderate"), "severe": _("severe"),
        "complicated": _("severe, complicated"), "unknown": "–",
    }  # fmt: skip


def how_words() -> dict[str, str]:
    """Ways of treatment."""
    return {"outpatient": _("weekly at the station"), "inpatient": _("in hospital"),
            "supplementary": _("supplementary food")}  # fmt: skip


def outcome_words() -> dict[str, str]:
    """How a child leaves."""
    return {
        "cured": _("cured"), "died": _("died"), "defaulted": _("stayed away"),
        "not-responding": _("did not respond"), "referred": _("referred"), "moved": _("moved"),
        "error": _("entered in error"),
    }  # fmt: skip


@screen(right=queries.READ)
@never_cache
@require_GET
def children(request: ActorRequest) -> HttpResponse:
    """Malnourished children: who was found, who is under treatment, who is late; then the figures."""
    on, text = clock.today(), request.GET.get("q", "")
    found = asked.found_malnourished(by=request.actor, on=on)
    treated = asked.under_treatment(by=request.actor, on=on)
    sending.seen(request, [*(row.person for row in found), *(row.person for row in treated)])
    href = reverse("growth-child", args=[UUID(int=0)]).replace(str(UUID(int=0)), "0" * 8)
    parts: list[object] = [_found(found), _treated(treated, on)]
    if policies.may(request.actor, asked.FIGURES):
        parts += _figures(request, on)
    return show(request, Page(
        title=_("Growth of children"), lead=_("Who was found malnourished, who is treated, who is late."),
        find=(_("Weigh a child: name or number"), text),
        actions=[(_("Rounds of vitamin A and deworming"), reverse("growth-rounds"), "check")],
        found=sending.found(request, text, href), parts=parts,
    ))  # fmt: skip


def _found(rows: list[asked.FoundRow]) -> Table:
    words = acute_words()
    return Table(
        title=_("Found malnourished, not treated"),
        columns=(_("Name"), _("Acute malnutrition"), _("Measured"), _("Village")),
        rows=[(Cell(row.name, reverse("growth-child", args=[row.person])),
               Cell(words[row.point.acute], tone="warn" if row.point.acute == "moderate" else "bad"),
               shown_day(row.point.on), row.village) for row in rows],
        empty=(_("No malnourished child waits"), _("A child whose measures say so stands here by itself.")),
    )  # fmt: skip


def _treated(rows: list[asked.CareRow], on: date) -> Table:
    words, hows = acute_words(), how_words()
    lines = []
    for row in rows:
        late = row.late_days(on)
        if row.defaulted(on):
            due = Cell(_("counts as stayed away"), tone="bad")
        elif late:
            due = Cell(ngettext("{n} day late", "{n} days late", late).format(n=late), tone="warn")
        elif row.may_leave:
            due = Cell(_("may leave cured"), tone="good")
        else:
            due = Cell(shown_day(row.next_on))
        lines.append((Cell(row.name, reverse("growth-child", args=[row.person])), words[row.acute],
                      hows[row.how], shown_day(row.since), due, row.village))  # fmt: skip
    return Table(
        title=_("Under treatment"), rows=lines,
        columns=(_("Name"), _("Acute malnutrition"), _("Treatment"), _("Since"), _("Next visit"), _("Village")),
        empty=(_("No child is under treatment"), _("Open a child that was found, and admit it.")),
    )  # fmt: skip


def _figures(request: ActorRequest, on: date) -> list[object]:
    """The half-year by commune, and how treatment went within a year."""
    first = on.replace(month=1 if on.month < _HALF else _HALF, day=1)
    rows = asked.growth_figures(by=request.actor, first=first, last=on)
    quality = asked.treatment_quality(
        by=request.actor, first=on.replace(year=on.year - 1, day=1), last=on
    )
    map_, share = registry.atlas(), sending.share
    stunted, of = sum(r.stunted for r in rows), sum(r.stunted_of for r in rows)
    wasted, wasted_of = sum(r.wasted for r in rows), sum(r.wasted_of for r in rows)
    exits = quality.cured + quality.died + quality.defaulted
    classes = {"very-low": _("very low"), "low": _("low"), "medium": _("medium"), "high": _("high"),
               "very-high": _("very high")}  # fmt: skip
    table = Table(
        title=_("Children under five since {day}").format(day=shown_day(first)),
        columns=(_("Commune"), _("Measured"), _("Stunted"), _("Underweight"), _("Wasted"), _("Overweight"),
                 _("Acute: moderate / severe"), _("Vitamin A")),
        rows=[(map_.name(row.commune, on) or "–", share(row.measured, row.children),
               share(row.stunted, row.stunted_of), share(row.underweight, row.underweight_of),
               share(row.wasted, row.wasted_of), share(row.overweight, row.overweight_of),
               f"{row.moderate} / {row.severe}", str(row.vitamin_a)) for row in rows],
        numbers={_("Acute: moderate / severe"), _("Vitamin A")},
        empty=(_("No commune of yours has children on record"), ""),
    )  # fmt: skip
    return [
        Stats(values=(
            (_("Stunted"), share(stunted, of), classes[nutrition.prevalence("stunting", stunted / of, on)] if of else ""),
            (_("Wasted"), share(wasted, wasted_of),
             classes[nutrition.prevalence("wasting", wasted / wasted_of, on)] if wasted_of else ""),
            (_("Cured, of those who left"), share(quality.cured, exits), _("wanted: over 75 %")),
            (_("Died"), share(quality.died, exits), _("wanted: under 10 %")),
            (_("Stayed away"), share(quality.defaulted, exits), _("wanted: under 15 %")),
        )), table,
    ]  # fmt: skip


@screen(right=queries.READ)
@never_cache
@require_http_methods(["GET", "POST"])
def child(request: ActorRequest, id: UUID) -> HttpResponse:
    """A child's curves on the WHO standard, what its measures say, and what is to be done."""
    person, on = sending.person_or_404(request, id), clock.today()
    may = sending.may_record(request)
    problems: list[str] = []
    if request.method == "POST" and may:
        problems = _done(request, person, on)
        if not problems:
            messages.success(request, _("It is kept."))
            return redirect("growth-child", id)
    points = asked.growth(by=request.actor, person=person.id)
    care = asked.treatments(by=request.actor, person=person.id, on=on)
    now = next((row for row in care if row.until is None), None)
    parts: list[object] = [_notes(points, now)]
    if person.sex in (1, 2):
        parts.append(Pictures(drawn=curves(person, points)))
    parts.append(_points(points))
    if may:
        parts += _forms(person, points, now, on)
    if care:
        parts.append(_care(care))
    return show(request, Page(
        title=person.name, lead=sending.lead_of(person), parts=parts, problems=problems,
        trail=[(_("Growth of children"), reverse("growth")), (person.name, None)],
    ))  # fmt: skip


def _notes(points: list[asked.Point], now: asked.CareRow | None) -> Notes:
    said = []
    if points and points[-1].acute in ("moderate", "severe", "complicated"):
        last = points[-1]
        what = {
            "moderate": _("Supplementary food, and a visit within two weeks."),
            "severe": _("Treat weekly at the station with therapeutic food."),
            "complicated": _("Refer to a hospital at once."),
        }[last.acute]
        tone = "warn" if last.acute == "moderate" else "bad"
        name = _("Acute malnutrition: {grade}.").format(grade=acute_words()[last.acute])
        said.append((tone, f"{name} {what}"))
    if points and points[-1].doubtful:
        said.append(
            (
                "warn",
                _(
                    "A score of the last visit cannot be true: check the age, weigh and measure again."
                ),
            )
        )
    if now is not None:
        said.append(("calm", _("Under treatment since {day}, {how}.").format(
            day=shown_day(now.since), how=how_words()[now.how])))  # fmt: skip
    return Notes(said=said)


def _z(point: asked.Point, index: str) -> str:
    score = point.score(index)
    return shown_number(score, 2) if score is not None else ""


def curves(person: PersonRow, points: list[asked.Point]) -> list[SafeString]:
    """Weight and length for age to five years, and weight for length."""
    sex: engine.Sex = "male" if person.sex == 1 else "female"
    years = [(n * 365.25, _("{n} y").format(n=n)) for n in range(1, 6)]
    drawn = []
    for index, title, unit, field in (
        ("wfa", _("Weight for age"), "kg", "weight"), ("hfa", _("Length or height for age"), "cm", "stature")
    ):  # fmt: skip
        rows = engine.band(index, sex, _LINES, 0, engine.UNDER_FIVE_DAYS, 30)  # type: ignore[arg-type]
        told = [
            Measured(point.age_days, float(getattr(point, field)), shown_day(point.on), _z(point, index))
            for point in points if getattr(point, field) is not None
        ]  # fmt: skip
        lines = [Lines(float(at), values) for at, values in rows]
        drawn.append(render_growth(lines, told, title=title, unit=unit, ticks=years))
    rows = engine.band("wfh", sex, _LINES, 45, 120, 1)
    told = [
        Measured(float(engine.as_of_age(p.stature, p.position, p.age_days)), float(p.weight), shown_day(p.on),  # type: ignore[arg-type]
                 _z(p, "wfh"))
        for p in points if p.weight is not None and p.stature is not None and p.age_days <= engine.UNDER_FIVE_DAYS
    ]  # fmt: skip
    lines = [Lines(float(at), values) for at, values in rows]
    centimetres = [(float(cm), f"{cm} cm") for cm in (60, 80, 100, 120)]
    drawn.append(
        render_growth(
            lines, told, title=_("Weight for length or height"), unit="kg", ticks=centimetres
        )
    )
    return drawn


def _points(points: list[asked.Point]) -> Table:
    words = acute_words()
    grades = {"none": _("no"), "moderate": _("yes"), "severe": _("severe"), "unknown": "–"}
    return Table(
        title=_("Measures"),
        columns=(_("Day"), _("Weight (kg)"), _("Length or height (cm)"), _("Arm (cm)"), _("Oedema"), _("Stunted"),
                 _("Underweight"), _("Acute malnutrition")),
        rows=[(Cell(shown_day(p.on)), _number(p.weight), _number(p.stature), _number(p.muac),
               "–" if p.oedema is None else "+" * p.oedema or _("no"), grades[p.stunting], grades[p.underweight],
               Cell(words[p.acute], tone={"moderate": "warn", "severe": "bad", "complicated": "bad"}.get(p.acute, "")))
              for p in reversed(points)],
        numbers={_("Weight (kg)"), _("Length or height (cm)"), _("Arm (cm)")},
        empty=(_("Not measured yet"), _("A weight, a length or an arm of any visit stands here by itself.")),
    )  # fmt: skip


def _number(value: Decimal | None) -> str:
    return "–" if value is None else shown_number(value, 1)


def _forms(
    person: PersonRow, points: list[asked.Point], now: asked.CareRow | None, on: date
) -> list[Form]:
    today = f"{on:%d/%m/%Y}"
    age = engine.months(person.born_on, on)
    due = nutrition.vitamin_a_units(age, on)
    units = [("", _("not given")), *((str(due), f"{due:,}") for due in ([due] if due else []))]
    lying = (
        ("length", _("Length, lying (cm)")) if age < 24 else ("height", _("Height, standing (cm)"))
    )
    measure = Form(title=_("Weigh and measure"), act="measure", send=_("Keep it"), fields=[
        Asked(name="on", label=_("Day"), kind="day", value=today),
        Asked(name="weight", label=_("Weight (kg)"), kind="number"),
        Asked(name=lying[0], label=lying[1], kind="number"),
        Asked(name="muac", label=_("Arm (cm)"), kind="number"),
        Asked(name="oedema", label=_("Oedema of both feet"), kind="select",
              options=[("", "–"), ("0", _("no")), ("1", "+"), ("2", "++"), ("3", "+++")]),
        Asked(name="appetite", label=_("Appetite test"), kind="select",
              options=[("", _("not done")), ("yes", _("passed")), ("no", _("failed"))]),
        Asked(name="danger", label=_("A danger sign"), kind="check"),
        Asked(name="vitamin_a", label=_("Vitamin A (IU)"), kind="select", options=units),
        Asked(name="dewormed", label=_("Dewormed"), kind="check"),
        Asked(name="food", label=_("Sachets of therapeutic food"), kind="number"),
        Asked(name="confirmed", label=_("The values are really so"), kind="check"),
    ])  # fmt: skip
    forms = [measure]
    day = Asked(name="on", label=_("Day"), kind="day", value=today)
    if now is not None:
        forms.append(Form(title=_("Leaves the treatment"), act="discharge", send=_("Discharge"), fields=[
            day, Asked(name="outcome", label=_("How"), kind="select", options=options(outcome_words()),
                       value="cured" if now.may_leave else ""),
        ]))  # fmt: skip
    elif points and points[-1].acute in ("moderate", "severe", "complicated"):
        forms.append(Form(title=_("Admit to treatment"), act="admit", send=_("Admit"), fields=[
            day, Asked(name="how", label=_("Treatment"), kind="select", options=options(how_words()),
                       value={"moderate": "supplementary", "severe": "outpatient"}.get(points[-1].acute, "inpatient")),
        ]))  # fmt: skip
    return forms


def _care(rows: list[asked.CareRow]) -> Table:
    hows, outcomes, words = how_words(), outcome_words(), acute_words()
    return Table(
        title=_("Treatments"), columns=(_("Since"), _("Acute malnutrition"), _("Treatment"), _("Until"), _("How")),
        rows=[(Cell(shown_day(row.since)), words[row.acute], hows[row.how],
               shown_day(row.until) if row.until else "–", outcomes.get(row.outcome, "–")) for row in rows],
        empty=("–", ""),
    )  # fmt: skip


def _handed(person: PersonRow, on: date, given: Mapping[str, str]) -> tuple[Dispensed, ...]:
    """What leaves the store: sachets of therapeutic food, and what the child swallowed."""
    found = []
    sachets = sending.number(given.get("food", ""))
    if sachets:
        found.append(Dispensed(item=nutrition.food_item(on), quantity=sachets))
    age = engine.months(person.born_on, on)
    for what, told in (("vitamin_a", given.get("vitamin_a")), ("deworming", given.get("dewormed"))):
        dose = nutrition.dose(what, age, on) if told else None  # type: ignore[arg-type]
        if dose is not None:
            found.append(Dispensed(item=dose.item, quantity=dose.quantity))
    return tuple(found)


def _done(request: ActorRequest, person: PersonRow, today: date) -> list[str]:
    given = request.POST
    on = sending.day(given.get("on", ""), today)
    if on is None:
        return [_("Write the day as 07/03/2026.")]
    act, unit = given.get("act", ""), sending.own_unit(request)
    if act == "measure":
        names = {"weight": _("Weight (kg)"), "length": _("Length, lying (cm)"),
                 "height": _("Height, standing (cm)"), "muac": _("Arm (cm)")}  # fmt: skip
        if bad := sending.bad_numbers(given, names):
            return bad
        if bad := sending.bad_numbers(given, {"food": _("Sachets of therapeutic food")}):
            return bad
        payload = sending.visit(person.id, on, given.dict(), MEASURES, "child_nutrition", ANSWERS)
        payload = replace(payload, dispensed=_handed(person, on, given))
        if not payload.measured:
            return [_("Write at least one measure.")]
        return sending.send(request, [payload], unit, on=on)
    if act == "admit" and given.get("how") in how_words():
        how: Any = given["how"]
        payload_in = AdmitMalnourished(person=person.id, since=on, how=how)
        return sending.send(request, [payload_in], unit)
    care = asked.treatments(by=request.actor, person=person.id, on=today)
    now = next((row for row in care if row.until is None), None)
    if act == "discharge" and now is not None and given.get("outcome") in outcome_words():
        return sending.send(request, [DischargeMalnourished(
            care=now.id, on=on, outcome=given["outcome"],  # type: ignore[arg-type]
        )], sending.own_unit(request, now.unit))  # fmt: skip
    return [_("Choose what was done.")]
