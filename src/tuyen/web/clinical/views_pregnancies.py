"""Pregnancies: who is due, who is late, and one pregnancy with its contacts."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import (
    AmendPregnancy,
    EndPregnancy,
    PregnancyChanges,
    RegisterPregnancy,
)
from tuyen.apps.clinical.queries import mothers
from tuyen.rules.clinical import pregnancy as rules
from tuyen.rules.clinical.programme import programme
from tuyen.web.access import ActorRequest, screen
from tuyen.web.clinical import care_sending as sending
from tuyen.web.clinical.care_pages import (
    Asked,
    Cell,
    Form,
    Notes,
    Page,
    Stats,
    Strip,
    Table,
    joined,
    options,
    show,
)
from tuyen.web.templatetags.figures import day as shown_day
from tuyen.web.typed import whole

MEASURES = ("systolic", "diastolic", "weight", "haemoglobin", "urine_protein", "fundal_height",
            "fetal_heart", "temperature")  # fmt: skip
ANSWERS = ("bleeding", "fits", "leaking", "less_movement", "headache", "iron")


def tabs() -> list[tuple[str, str, str]]:
    """The lists of mothers."""
    return [
        ("pregnancies", _("Pregnant women"), reverse("pregnancies")),
        ("mothers", _("After birth"), reverse("mothers")),
        ("births", _("Births"), reverse("births")),
        ("deaths", _("Mothers who died"), reverse("maternal-deaths")),
    ]


def measure_names() -> dict[str, str]:
    """What is measured at a contact, in the reader's language."""
    return {
        "systolic": _("Upper blood pressure (mmHg)"), "diastolic": _("Lower blood pressure (mmHg)"),
        "weight": _("Weight (kg)"), "haemoglobin": _("Haemoglobin (g/dL)"),
        "urine_protein": _("Protein in urine (0 to 4)"), "fundal_height": _("Height of the womb (cm)"),
        "fetal_heart": _("Fetal heart (per minute)"), "temperature": _("Temperature (°C)"),
    }  # fmt: skip


@screen(right=queries.READ)
@never_cache
@require_GET
def pregnancies(request: ActorRequest) -> HttpResponse:
    """Women under care: danger first, then who is late, then by the day the next contact is due."""
    on, text = clock.today(), request.GET.get("q", "")
    rows = mothers.pregnancies(by=request.actor, on=on)
    sending.seen(request, [row.person for row in rows])
    late = sum(row.standing.late_days > 0 for row in rows)
    table = Table(
        title=_("Under care"),
        columns=(_("Name"), _("Weeks"), _("Danger signs"), _("Visits of care"), _("Next contact"),
                 _("Birth expected"), _("Village")),
        rows=[_line(row, on) for row in rows],
        empty=(_("Nobody is under antenatal care"), _("Search a woman above and register her pregnancy.")),
    )  # fmt: skip
    href = reverse("pregnancy-new", args=[UUID(int=0)]).replace(str(UUID(int=0)), "0" * 8)
    may = sending.may_record(request)
    return show(request, Page(
        title=_("Pregnant women"), lead=_("Who is due, who is late, who is in danger."),
        tabs=tabs(), tab="pregnancies",
        find=(_("Register a pregnancy: name or number of the woman"), text) if may else None,
        found=sending.found(request, text, href, 2) if may else None,
        parts=[Stats(values=(
            (_("Under care"), str(len(rows)), ""), (_("Late"), sending.share(late, len(rows)), ""),
            (_("With danger signs"), str(sum(bool(row.signs) for row in rows)), ""),
            (_("Birth not told of"), str(sum(row.overdue(on) for row in rows)), ""),
        )), table],
    ))  # fmt: skip


def _line(row: mothers.PregnancyRow, on: date) -> tuple[Cell | str, ...]:
    signs = rules.words("words")
    told = joined(sending.word(signs, key) for key in row.signs[:2])
    if row.overdue(on):
        due = Cell(_("Birth not told of"), tone="warn")
    elif row.standing.late_days:
        days = row.standing.late_days
        due = Cell(ngettext("{n} day late", "{n} days late", days).format(n=days), tone="warn")
    else:
        due = Cell(shown_day(row.standing.next.due) if row.standing.next else "–")
    return (
        Cell(row.name or _("Name not shown"), reverse("pregnancy", args=[row.id])),
        f"{row.gestation.weeks}+{row.gestation.days}",
        Cell(told, tone="bad") if row.signs else "–",
        f"{row.standing.done}/{len(row.standing.places)}", due, shown_day(row.edd), row.village,
    )  # fmt: skip


def _dating_fields(row: mothers.PregnancyRow | None) -> list[Asked]:
    dated = sending.words(rules.choices("dated_by"))
    return [
        Asked(name="dated_by", label=_("Dated by"), kind="select", options=options(dated),
              value=row.dated_by if row else "lmp"),
        Asked(name="lmp", label=_("First day of the last period"), kind="day", hint="07/03/2026"),
        Asked(name="edd", label=_("Birth expected on"), kind="day", hint="07/03/2026"),
        Asked(name="gravida", label=_("Pregnancies, this one too"), kind="number",
              value=_text(row.gravida if row else None)),
        Asked(name="para", label=_("Births so far"), kind="number",
              value=_text(row.para if row else None)),
        Asked(name="caesareans", label=_("Caesareans so far"), kind="number",
              value=_text(row.caesareans if row else None)),
        Asked(name="note", label=_("Note"), value=row.note if row else ""),
    ]  # fmt: skip


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


def _days(request: ActorRequest, problems: list[str], *names: str) -> dict[str, date | None]:
    """The days of a form; a sentence for each that is no day."""
    read: dict[str, date | None] = {}
    for name in names:
        text = request.POST.get(name, "")
        read[name] = sending.day(text)
        if text.strip() and read[name] is None:
            problems.append(_("{text} is no day; write it as 07/03/2026.").format(text=text[:20]))
    return read


@screen(right=queries.RECORD)
@never_cache
@require_http_methods(["GET", "POST"])
def pregnancy_new(request: ActorRequest, id: UUID) -> HttpResponse:
    """Register a pregnancy of a woman."""
    person = sending.person_or_404(request, id)
    problems: list[str] = []
    if request.method == "POST":
        given = request.POST
        days = _days(request, problems, "lmp", "edd")
        if not problems:
            payload = RegisterPregnancy(
                person=person.id, lmp=days["lmp"], edd=days["edd"],
                dated_by=one_of(given.get("dated_by", ""), rules.choices("dated_by"), "lmp"),  # type: ignore[arg-type]
                gravida=_count(given.get("gravida", "")), para=_count(given.get("para", "")),
                caesareans=_count(given.get("caesareans", "")), note=given.get("note", "")[:500],
            )  # fmt: skip
            problems = sending.send(request, [payload], sending.own_unit(request))
        if not problems:
            rows = mothers.pregnancies_of(by=request.actor, person=person.id, on=clock.today())
            messages.success(request, _("The pregnancy is registered."))
            return redirect("pregnancy", rows[0].id)
    form = Form(
        title=_("Pregnancy"), act="register", fields=_dating_fields(None), send=_("Register")
    )
    return show(request, Page(
        title=person.name, lead=sending.lead_of(person), parts=[form], problems=problems,
        trail=[(_("Pregnant women"), reverse("pregnancies")), (person.name, None)],
    ))  # fmt: skip


def one_of(text: str, known: object, fallback: str) -> str:
    return text if text in known else fallback  # type: ignore[operator]


def _count(text: str) -> int | None:
    value = whole(text)
    return value if value is not None and value <= 25 else None


@screen(right=queries.READ)
@never_cache
@require_http_methods(["GET", "POST"])
def pregnancy(request: ActorRequest, id: UUID) -> HttpResponse:
    """One pregnancy: its contacts by both schedules, danger signs with what to do, and what is next."""
    on = clock.today()
    row = mothers.pregnancy(by=request.actor, id=id, on=on)
    if row is None:
        raise Http404
    person = sending.person_or_404(request, row.person)
    may = sending.may_record(request)
    problems: list[str] = []
    if request.method == "POST" and may:
        problems = _done(request, row)
        if not problems:
            messages.success(request, _("It is kept."))
            return redirect("pregnancy", id)
    live = row.state == "open"
    parts = [_notes(row, on), _facts(row), *_strips(row, on), _contacts(row)]
    if live and may:
        parts += [_contact_form(on), *_forms(row, on)]
    birth = (_("Record the birth"), reverse("birth-new", args=[row.person]), "plus")
    return show(request, Page(
        title=person.name, lead=sending.lead_of(person), parts=parts, problems=problems,
        actions=[birth] if live and may else [],
        trail=[(_("Pregnant women"), reverse("pregnancies")), (person.name, None)],
    ))  # fmt: skip


def _notes(row: mothers.PregnancyRow, on: date) -> Notes:
    said = []
    for key in row.signs:
        name, what = (sending.word(rules.words(part), key) for part in ("words", "advice"))
        said.append(("bad", f"{name}. {what}"))
    if row.overdue(on):
        said.append(("warn", _("The birth was expected on {day}; record it, or say how the pregnancy"
                               " ended.").format(day=shown_day(row.edd))))  # fmt: skip
    if row.state != "open":
        state = _("It ended with a birth.") if row.state == "born" else _("It is over.")
        said.append(("calm", f"{state} {shown_day(row.ended_on)}"))
    return Notes(said=said)


def _facts(row: mothers.PregnancyRow) -> Stats:
    dated = sending.word(rules.choices("dated_by"), row.dated_by)
    para = "–" if row.para is None else str(row.para)
    return Stats(values=(
        (_("Weeks"), f"{row.gestation.weeks}+{row.gestation.days}", dated),
        (_("Birth expected"), shown_day(row.edd), ""),
        (_("Pregnancies / births"), f"{row.gravida or '–'} / {para}", ""),
        (_("Visits of care"), str(len(row.contacts)), ""),
    ))  # fmt: skip


def state_word(state: str) -> str:
    """What the state of a contact is called."""
    return {"done": _("done"), "missed": _("not made"), "due": _("due now"), "ahead": _("to come")}[
        state
    ]


def strip(title: str, places: object) -> Strip:
    """A schedule as it stands, as a strip."""
    names = rules.words("slots")
    return Strip(title=title, places=[
        (sending.word(names, p.key), p.on or p.due, p.state, state_word(p.state))
        for p in places  # type: ignore[attr-defined]
    ])  # fmt: skip


def _strips(row: mothers.PregnancyRow, on: date) -> list[Strip]:
    return [
        strip(sending.word({"": rules.schedule_name(name)}, ""),
              mothers.standing_of(row, name, on).places)
        for name in rules.SCHEDULES
    ]  # fmt: skip


def _contacts(row: mothers.PregnancyRow) -> Table:
    signs = rules.words("words")
    return Table(
        title=_("Visits of care"), columns=(_("Day"), _("Danger signs"), _("Referred")),
        rows=[(Cell(shown_day(c.on)),
               Cell(joined(sending.word(signs, key) for key in c.signs), tone="bad") if c.signs else "–",
               _("yes") if c.referred else _("no")) for c in reversed(row.contacts)],
        empty=(_("No contact yet"), _("Every visit of antenatal care stands here by itself.")),
    )  # fmt: skip


def _contact_form(on: date) -> Form:
    names = measure_names()
    form = programme("antenatal")
    asked = form.form if form else {}
    fields = [Asked(name="on", label=_("Day"), kind="day", value=f"{on:%d/%m/%Y}")]
    fields += [Asked(name=what, label=names[what], kind="number") for what in MEASURES]
    fields += [
        Asked(name=name, label=_asked(asked, name), kind="check")
        for name in ANSWERS
        if name in asked
    ]
    fields.append(Asked(name="confirmed", label=_("The values are really so"), kind="check"))
    return Form(title=_("Today's contact"), act="contact", fields=fields, send=_("Keep it"))


def _asked(asked: object, name: str) -> str:
    names = asked[name].names  # type: ignore[index]
    return sending.word({"": {"vi": names.vi, "en": names.en, "zh": names.zh}}, "")


def _forms(row: mothers.PregnancyRow, on: date) -> list[Form]:
    ways = sending.words(rules.choices("end"))
    losses = sending.words(rules.choices("loss"))
    return [
        Form(title=_("Correct the dating"), act="amend", send=_("Correct"), closed=True,
             fields=[*_dating_fields(row)[:3],
                     Asked(name="reason", label=_("Why"), needed=True)]),
        Form(title=_("It ended without a birth here"), act="end", send=_("End it"), closed=True,
             hint=_("How a pregnancy was lost is read for care only."),
             fields=[Asked(name="on", label=_("Day"), kind="day", value=f"{on:%d/%m/%Y}"),
                     Asked(name="how", label=_("How"), kind="select", options=options(ways)),
                     Asked(name="loss", label=_("Way of the loss"), kind="select",
                           options=options(losses, blank=True))]),
    ]  # fmt: skip


def _done(request: ActorRequest, row: mothers.PregnancyRow) -> list[str]:
    given, on = request.POST, clock.today()
    act = given.get("act", "")
    unit = sending.own_unit(request, row.unit)
    problems: list[str] = []
    days = _days(request, problems, "on", "lmp", "edd")
    if act == "contact":
        problems += sending.bad_numbers(given, measure_names())
        answers = {**given.dict(), **{name: "yes" for name in ANSWERS if given.get(name)}}
        payload = sending.visit(
            row.person, days["on"] or on, answers, MEASURES, "antenatal", ANSWERS
        )
        return problems or sending.send(request, [payload], unit, on=days["on"] or on)
    if act == "amend":
        told: dict[str, object] = {
            name: days[name] for name in ("lmp", "edd") if days[name] is not None
        }
        told["dated_by"] = one_of(
            given.get("dated_by", ""), rules.choices("dated_by"), row.dated_by
        )
        reason = given.get("reason", "").strip()
        if len(reason) < 3:
            problems.append(_("Say why in at least three letters: others will read it."))
        changes = PregnancyChanges(**told)  # type: ignore[arg-type]
        return problems or sending.send(
            request, [AmendPregnancy(pregnancy=row.id, changes=changes, reason=reason)], unit
        )
    if act == "end":
        how = one_of(given.get("how", ""), rules.choices("end"), "moved")
        loss = one_of(given.get("loss", ""), rules.choices("loss"), "")
        return problems or sending.send(request, [EndPregnancy(
            pregnancy=row.id, on=days["on"] or on, how=how, loss=loss,  # type: ignore[arg-type]
        )], unit)  # fmt: skip
    return [_("Your post does not write here.")]
