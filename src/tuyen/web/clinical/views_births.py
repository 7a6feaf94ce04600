"""Births: what was born, and the form that makes the child and its birth at once."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import Born, RecordBirth, VoidBirth
from tuyen.apps.clinical.queries import mother_figures, mothers
from tuyen.apps.registry.operations import RegisterPerson
from tuyen.apps.registry.queries import PersonRow
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Payload
from tuyen.rules.clinical import pregnancy as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.clinical import care_sending as sending
from tuyen.web.clinical.care_pages import Asked, Cell, Form, Page, Stats, Table, options, show
from tuyen.web.clinical.views_pregnancies import MEASURES, measure_names, strip, tabs
from tuyen.web.templatetags.figures import day as shown_day
from tuyen.web.typed import whole

MOST = 3
POSTNATAL = ("bleeding", "fits", "headache", "breastfed", "vitamin_a", "cord")
_AFTER = ("systolic", "diastolic", "temperature", "haemoglobin")


@screen(right=queries.READ)
@never_cache
@require_GET
def births(request: ActorRequest) -> HttpResponse:
    """Births of this year, the latest first, with the figures of the year."""
    on = clock.today()
    first = on.replace(month=1, day=1)
    rows = mothers.births(by=request.actor, first=first, last=on)
    sending.seen(request, [id for row in rows for id in (row.mother, row.person)])
    told = mother_figures.mother_figures(by=request.actor, first=first, last=on)
    attendants = sending.words(rules.choices("attendant"))
    table = Table(
        title=_("Births of this year"),
        columns=(_("Child"), _("Birth"), _("Mother"), _("Sex"), _("Weight (g)"), _("Attendant")),
        rows=[(Cell(row.name or _("born dead"), reverse("birth", args=[row.delivery])), shown_day(row.on),
               row.mother_name, sex_word(row.sex), _text(row.weight), attendants[row.attendant])
              for row in rows],
        numbers={_("Weight (g)")},
        empty=(_("No birth this year"), _("Open a pregnancy, or search the mother above.")),
    )  # fmt: skip
    text, href = request.GET.get("q", ""), reverse("birth-new", args=[UUID(int=0)])
    may = sending.may_record(request)
    return show(request, Page(
        title=_("Births"), parts=[_figures(told), table], tabs=tabs(), tab="births",
        find=(_("Record a birth: name or number of the mother"), text) if may else None,
        found=sending.found(request, text, href.replace(str(UUID(int=0)), "0" * 8), 2) if may else None,
    ))  # fmt: skip


def _figures(told: mother_figures.MotherFigures) -> Stats:
    share = sending.share
    ratio = told.sex_ratio
    limits = f"{ratio[0]:.0f} ({ratio[1]:.0f}–{ratio[2]:.0f})" if ratio else "–"
    return Stats(values=(
        (_("Births"), str(told.deliveries), ""),
        (_("Four visits in three periods"), share(told.four_in_three, told.followed), ""),
        (_("Skilled attendant"), share(told.skilled, told.deliveries), ""),
        (_("Under 2,500 g"), share(told.low_weight, told.weighed), ""),
        (_("Vitamin K"), share(told.vitamin_k, told.vitamin_k_known), ""),
        (_("Seen in the first week"), share(told.postnatal_week, told.deliveries), ""),
        (_("Boys for 100 girls (95 %)"), limits, ""),
    ))  # fmt: skip


def sex_word(sex: int) -> str:
    """The word of a sex."""
    return {1: _("boy"), 2: _("girl")}.get(sex, _("not known"))


def _text(value: object) -> str:
    return "–" if value is None else str(value)


def _fields(on: date, count: int) -> list[Asked]:
    sexes = [("1", _("boy")), ("2", _("girl"))]
    words = {name: sending.words(rules.choices(name)) for name in ("place", "attendant", "mode")}
    fields = [
        Asked(name="on", label=_("Day of birth"), kind="day", value=f"{on:%d/%m/%Y}", needed=True),
        Asked(name="place", label=_("Place of birth"), kind="select", options=options(words["place"])),
        Asked(name="attendant", label=_("Attendant"), kind="select", value="midwife",
              options=options(words["attendant"])),
        Asked(name="mode", label=_("Way of birth"), kind="select", options=options(words["mode"])),
    ]  # fmt: skip
    for n in range(1, count + 1):
        mark = f" {n}" if count > 1 else ""
        fields += [
            Asked(name=f"sex{n}", label=_("Sex") + mark, kind="select", options=sexes),
            Asked(name=f"weight{n}", label=_("Weight (g)") + mark, kind="number"),
            Asked(name=f"name{n}", label=_("Name of the child") + mark,
                  hint=_("May be left empty until it has one.")),
            Asked(name=f"length{n}", label=_("Length (cm)") + mark, kind="number"),
            Asked(name=f"vitamin_k{n}", label=_("Vitamin K") + mark, kind="check"),
            Asked(name=f"breastfed{n}", label=_("Breastfed within an hour") + mark, kind="check"),
            Asked(name=f"dead{n}", label=_("Born dead") + mark, kind="check"),
        ]  # fmt: skip
    return fields


@screen(right=queries.RECORD)
@never_cache
@require_http_methods(["GET", "POST"])
def birth_new(request: ActorRequest, id: UUID) -> HttpResponse:
    """One screen: the birth, its children, and their records in the mother's household."""
    mother = sending.person_or_404(request, id)
    on = clock.today()
    count = min(MOST, max(1, whole(request.GET.get("children", "1")) or 1))
    problems: list[str] = []
    if request.method == "POST":
        problems = _kept(request, mother, count)
        if not problems:
            born = mothers.births(
                by=request.actor, first=sending.day(request.POST.get("on", ""), on) or on, last=on
            )
            messages.success(
                request, _("The birth is recorded, and the child is on the list of doses due.")
            )
            mine = next((row.delivery for row in born if row.mother == mother.id), None)
            return redirect("birth", mine) if mine else redirect("births")
    form = Form(
        title=_("Birth"), act="birth", fields=_fields(on, count), send=_("Record the birth")
    )
    here = reverse("birth-new", args=[id])
    more = [(_("Twins"), f"{here}?children=2", "plus")] if count == 1 else []
    return show(request, Page(
        title=mother.name, lead=sending.lead_of(mother), parts=[form], problems=problems, actions=more,
        trail=[(_("Births"), reverse("births")), (mother.name, None)],
    ))  # fmt: skip


def _kept(request: ActorRequest, mother: PersonRow, count: int) -> list[str]:
    """The children's records and the birth, in one commit."""
    given = request.POST
    on = sending.day(given.get("on", ""))
    if on is None:
        return [_("Write the day of birth as 07/03/2026.")]
    numbers = {f"{name}{n}": label for n in range(1, count + 1)
               for name, label in (("weight", _("Weight (g)")), ("length", _("Length (cm)")))}  # fmt: skip
    if bad := sending.bad_numbers(given, numbers):
        return bad
    records: list[Payload] = []
    ids, children = [], []
    for n in range(1, count + 1):
        sex, alive = int(given.get(f"sex{n}", "1") == "2") + 1, f"dead{n}" not in given
        weight = sending.number(given.get(f"weight{n}", ""))
        person = uuid7() if alive else None
        if person is not None:
            name = given.get(f"name{n}", "").strip()[:200]
            plain = _("Child of {mother}").format(mother=mother.name)
            place = None if mother.household else mother.place
            ids.append(person)
            records.append(RegisterPerson(
                name=name or (f"{plain} {n}" if count > 1 else plain), sex=sex, born_on=on,  # type: ignore[arg-type]
                household=mother.household, place=place, role="child",
            ))  # fmt: skip
        children.append(Born(
            sex=sex, person=person, alive=alive, weight=None if weight is None else int(weight),  # type: ignore[arg-type]
            length=sending.number(given.get(f"length{n}", "")),
            vitamin_k=f"vitamin_k{n}" in given if alive else None,
            breastfed=f"breastfed{n}" in given if alive else None,
        ))  # fmt: skip
    payload = RecordBirth(
        mother=mother.id, on=on, children=tuple(children),
        place=_chosen(given.get("place", ""), "place", "station"),  # type: ignore[arg-type]
        attendant=_chosen(given.get("attendant", ""), "attendant", "midwife"),  # type: ignore[arg-type]
        mode=_chosen(given.get("mode", ""), "mode", "normal"),  # type: ignore[arg-type]
    )  # fmt: skip
    return sending.send(request, [*records, payload], sending.own_unit(request), on=on, ids=ids)


def _chosen(text: str, name: str, fallback: str) -> str:
    return text if text in rules.choices(name) else fallback


@screen(right=queries.READ)
@never_cache
@require_http_methods(["GET", "POST"])
def birth(request: ActorRequest, id: UUID) -> HttpResponse:
    """One birth: its children with the way to their doses, and the mother's weeks after."""
    rows = mothers.delivery(by=request.actor, id=id)
    if not rows:
        raise Http404
    first, on = rows[0], clock.today()
    sending.seen(request, [first.mother, *(row.person for row in rows)])
    may = sending.may_record(request)
    problems: list[str] = []
    if request.method == "POST" and may:
        problems = _done(request, first)
        if not problems:
            messages.success(request, _("It is kept."))
            void = request.POST.get("act") == "void"
            return redirect("births") if void else redirect("birth", id)
    after = next((m for m in mothers.mothers(by=request.actor, on=on) if m.delivery == id), None)
    parts: list[object] = [_children(rows), _told(first)]
    if after is not None:
        parts.append(strip(_("The weeks after"), after.standing.places))
        if may:
            parts.append(_after_form(on))
    if may:
        parts.append(Form(
            title=_("It was entered in error"), act="void", send=_("Take it back"), closed=True,
            fields=[Asked(name="reason", label=_("Why"), needed=True)],
        ))  # fmt: skip
    name = first.mother_name or _("Name not shown")
    return show(request, Page(
        title=name, lead=shown_day(first.on), parts=parts, problems=problems,
        trail=[(_("Births"), reverse("births")), (name, None)],
    ))  # fmt: skip


def _children(rows: list[mothers.BirthRow]) -> Table:
    yes = {True: _("yes"), False: _("no"), None: "–"}
    return Table(
        title=_("Children"),
        columns=(_("Child"), _("Sex"), _("Weight (g)"), _("Vitamin K"), _("Breastfed within an hour"),
                 _("Doses"), pgettext("child", "Growth")),
        rows=[(Cell(row.name or _("born dead")), sex_word(row.sex), _text(row.weight), yes[row.vitamin_k],
               yes[row.breastfed],
               Cell(_("Doses due"), reverse("child", args=[row.person])) if row.person else "–",
               Cell(_("Curve"), reverse("growth-child", args=[row.person])) if row.person else "–")
              for row in rows],
        empty=("–", ""),
    )  # fmt: skip


def _told(row: mothers.BirthRow) -> Stats:
    words = {name: sending.words(rules.choices(name)) for name in ("place", "attendant", "mode")}
    return Stats(values=(
        (_("Place of birth"), words["place"][row.place], ""), (_("Attendant"), words["attendant"][row.attendant], ""),
        (_("Way of birth"), words["mode"][row.mode], ""), (_("Weeks"), _text(row.weeks), ""),
    ))  # fmt: skip


def _after_form(on: date) -> Form:
    names = measure_names()
    asked = {"bleeding": _("Heavy bleeding"), "fits": _("Fits"), "headache": _("Severe headache"),
             "breastfed": _("Only breast milk"), "vitamin_a": _("Vitamin A given to the mother"),
             "cord": _("The cord is clean")}  # fmt: skip
    fields = [Asked(name="on", label=_("Day"), kind="day", value=f"{on:%d/%m/%Y}")]
    fields += [
        Asked(name=what, label=names[what], kind="number") for what in MEASURES if what in _AFTER
    ]
    fields += [Asked(name=key, label=label, kind="check") for key, label in asked.items()]
    fields.append(Asked(name="confirmed", label=_("The values are really so"), kind="check"))
    return Form(title=_("Contact after birth"), act="contact", fields=fields, send=_("Keep it"))


def _done(request: ActorRequest, row: mothers.BirthRow) -> list[str]:
    given, unit = request.POST, sending.own_unit(request, row.unit)
    if given.get("act") == "void":
        reason = given.get("reason", "").strip()[:500]
        if len(reason) < 3:
            return [_("Say why in at least three letters: others will read it.")]
        return sending.send(request, [VoidBirth(delivery=row.delivery, reason=reason)], unit)
    on = sending.day(given.get("on", ""), clock.today())
    if on is None:
        return [_("Write the day as 07/03/2026.")]
    if bad := sending.bad_numbers(given, measure_names()):
        return bad
    payload = sending.visit(row.mother, on, given.dict(), _AFTER, "postnatal", POSTNATAL)
    return sending.send(request, [payload], unit, on=on)
