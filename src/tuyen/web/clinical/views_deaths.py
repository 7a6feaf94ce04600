"""Deaths of the station's people: who died in a month, and how; recorded and described by one form."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.access.services import record_readings
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import AmendDeath, DeathFacts, DescribeDeath
from tuyen.apps.clinical.queries import Account
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.operations import AmendDeathDay, RecordDeath, VoidDeath
from tuyen.apps.registry.queries import PersonRow
from tuyen.kernel.operation import Payload
from tuyen.kernel.period import Period
from tuyen.rules.clinical import codes, sensitive
from tuyen.rules.clinical import deaths as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.clinical import asking, book_lines
from tuyen.web.clinical import care_sending as sending
from tuyen.web.clinical.care_pages import (
    Asked,
    Cell,
    Form,
    Notes,
    Page,
    Stats,
    Table,
    options,
    show,
)
from tuyen.web.sentences import say
from tuyen.web.templatetags.figures import day as shown_day
from tuyen.web.templatetags.figures import month as shown_month

WORDS = ("place", "certified_by", "mother")
MALE = 1
WHY = 3
"""Letters of a reason, at least."""


@screen(right=queries.READ)
@never_cache
@require_GET
def deaths(request: ActorRequest) -> HttpResponse:
    """Who died in a month of the people of a unit; those of whom nobody has said how stand out."""
    today = clock.today()
    units = asking.units(request)
    unit = asking.unit(request.GET.get("unit", ""), units)
    asked = request.GET.get("month", "")
    month = asking.month(asked, today) if asked else Period.of("month", today)
    rows = queries.deaths_of(by=request.actor, unit=unit, month=month) if unit else []
    people = registry.people(by=request.actor, ids=[row.person for row in rows])
    sending.seen(request, [row.person for row in rows])
    table = Table(
        title=_("Deaths of the month"),
        columns=(_("Name"), _("Died"), _("Age"), _("Village"), _("Cause of death"), _("Described")),
        rows=[_line(row, people.get(row.person)) for row in rows],
        empty=(_("Nobody died this month"), _("A death that is recorded stands here and in the book of deaths.")),
    )  # fmt: skip
    before, after = month.previous(), month.next()
    actions = [
        (
            capfirst(shown_month(one.label)),
            f"{reverse('care-deaths')}?unit={unit or ''}&month={one.label}",
            "calendar",
        )
        for one in (before, after)
        if one.start <= today
    ]
    text, href = request.GET.get("q", ""), reverse("care-death", args=[UUID(int=0)])
    may = sending.may_record(request)
    place = registry.atlas().full_name(unit, month.end) if unit else ""
    return show(request, Page(
        title=_("Deaths"), lead=", ".join(filter(None, (place, shown_month(month.label)))),
        parts=[_figures(rows), table], actions=actions,
        find=(_("Record a death: name or number of the person"), text) if may else None,
        found=sending.found(request, text, href.replace(str(UUID(int=0)), "0" * 8)) if may else None,
    ))  # fmt: skip


def _figures(rows: list[queries.DeathRow]) -> Stats:
    young = [(row.died_on - row.born_on).days for row in rows]
    return Stats(values=(
        (_("Deaths"), str(len(rows)), ""),
        (_("Under 28 days"), str(sum(n < rules.newborn_days() for n in young)), ""),
        (_("Mothers"), str(sum(row.maternal for row in rows)), ""),
        (_("To be described"), str(sum(not row.described for row in rows)), ""),
    ))  # fmt: skip


def _line(row: queries.DeathRow, person: PersonRow | None) -> tuple[Cell | str, ...]:
    href = reverse("care-death", args=[row.person])
    words = row.account.cause_words if row.account else ""
    cause = book_lines.APART if row.shut else " ".join(filter(None, (row.cause, words)))
    return (
        Cell(person.name if person else _("Name not shown"), href), shown_day(row.died_on),
        _age(row.born_on, row.died_on), person.village if person else "", cause or "–",
        Cell(_("yes")) if row.described else Cell(_("to be described"), href, tone="warn"),
    )  # fmt: skip


def _age(born: date, died: date) -> str:
    days = (died - born).days
    years = died.year - born.year - ((died.month, died.day) < (born.month, born.day))
    return _("{n} days").format(n=days) if days < rules.newborn_days() else str(years)


@screen(right=queries.READ)
@never_cache
@require_http_methods(["GET", "POST"])
def death(request: ActorRequest, id: UUID) -> HttpResponse:
    """How somebody died; of a living person the death itself is recorded with it, by the same form."""
    row = sending.person_or_404(request, id)
    account = queries.account_of(by=request.actor, person=row.id)
    may = sending.may_record(request)
    sent = _Sent()
    if request.method == "POST" and may:
        act = request.POST.get("act", "")
        sent = _OTHERWISE[act](request, row) if act in _OTHERWISE else _sent(request, row, account)
        if sent.good:
            messages.success(request, _DONE.get(act, _DONE["death"]))
            return redirect(f"{reverse('care-deaths')}?month={sent.on or clock.today():%Y-%m}")
    parts: list[Any] = []
    if row.died_on is None:
        said = _("Residence, household and insurance end the day after.")
        parts.append(Notes(said=[("warn", said)]))
    if account is not None and account.apart:
        record_readings(
            by=request.actor, subject="clinical.visit.sensitive", ids=[row.id], at=clock.now()
        )
    if may:
        parts.append(_form(row, account))
    if account is not None:
        parts.append(_history(request, account))
    parts += _day_parts(request, row)
    died = [_("died {day}").format(day=shown_day(row.died_on))] if row.died_on else []
    return show(request, Page(
        title=_("Death of {name}").format(name=row.name),
        lead=" · ".join([sending.lead_of(row), *died]), parts=parts,
        trail=[(_("Deaths"), reverse("care-deaths"))], problems=sent.problems, wrong=sent.wrong,
    ))  # fmt: skip


def _day_parts(request: ActorRequest, row: PersonRow) -> list[Any]:
    """The days that were corrected, and the forms that correct the one that stands or take it back."""
    former = registry.former_deaths(by=request.actor, person=row.id)
    parts: list[Any] = []
    if former:
        parts.append(Table(
            title=_("Days of death that were corrected or taken back"),
            columns=(_("Stood as"), _("Why it was corrected"), _("Corrected on")),
            rows=[(Cell(shown_day(one.died_on)), one.reason, shown_day(one.at)) for one in former],
            empty=("", ""),
        ))  # fmt: skip
    died_on = row.died_on
    if died_on is None or not sending.may_record(request):
        return parts
    if _unit_with(request, row, [registry.EDIT]) is not None:
        parts.append(Form(
            title=_("Correct the day of the death"), act="day", send=_("Correct the day"), closed=True,
            hint=_("Residence, household and insurance then end the day after the right day. The books count anew; a month that is closed stays as it was closed, and shows the difference."),
            fields=[
                Asked(name="on", label=_("Died on"), kind="day", value=f"{died_on:%d/%m/%Y}", needed=True),
                Asked(name="reason", label=_("Why it is corrected"), needed=True),
            ],
        ))  # fmt: skip
        parts.append(Form(
            title=_("This person lives: take the death back"), act="void", send=_("Take the death back"), closed=True,
            hint=_("Residence, household and programmes go on; insurance does not by itself: enter it anew. What was said of the death is kept and stands in no book; a month that is closed stays as it was closed."),
            fields=[Asked(name="reason", label=_("Why it is taken back"), needed=True)],
        ))  # fmt: skip
    return parts


def _form(row: PersonRow, account: Account | None) -> Form:
    facts = account.facts if account else None
    chosen = {name: sending.words(rules.words(name)) for name in WORDS}
    cared = {True: "yes", False: "no", None: ""}[facts.cared if facts else None]
    fields = [] if row.died_on else [
        Asked(name="on", label=_("Died on"), kind="day", value=f"{clock.today():%d/%m/%Y}", needed=True)
    ]  # fmt: skip
    fields += [
        Asked(name="place", label=_("Place of death"), kind="select", options=options(chosen["place"]),
              value=facts.place if facts else "home"),
        Asked(name="place_name", label=_("Which facility or place"), value=facts.place_name if facts else ""),
        Asked(name="cause", label=_("Cause (ICD-10)"), hint=_("For example I64"), value=facts.cause if facts else ""),
        Asked(name="cause_words", label=_("Cause in words"), value=facts.cause_words if facts else ""),
        Asked(name="certified_by", label=_("Who says the cause"), kind="select",
              options=options(chosen["certified_by"]), value=facts.certified_by if facts else "assistant"),
        Asked(name="certifier", label=_("Name of who says it"), value=facts.certifier if facts else ""),
        Asked(name="cared", label=_("Cared for by a health worker"), kind="select", value=cared,
              options=[("", _("Not known")), ("yes", _("Yes")), ("no", _("No"))]),
    ]  # fmt: skip
    if row.sex != MALE:
        fields.append(Asked(name="mother", label=_("Pregnancy"), kind="select",
                            options=options(chosen["mother"], blank=True), value=facts.mother if facts else ""))  # fmt: skip
    fields.append(Asked(name="note", label=_("Remark"), value=facts.note if facts else ""))
    if account:
        fields.append(Asked(name="reason", label=_("Why it is corrected"), needed=True))
    title = _("Correct") if account else _("How it was")
    return Form(
        title=title, act="death", fields=fields, send=_("Keep it"), closed=account is not None
    )


def _history(request: ActorRequest, account: Account) -> Table:
    """What stands, and what had stood before each correction."""
    changes = queries.death_changes(by=request.actor, account=account.id)
    stood = [(account.facts, _("stands"))]
    stood += [(one.before, _("corrected: {why}").format(why=one.reason)) for one in changes]
    return Table(
        title=_("What is known"),
        columns=(_("Place of death"), _("Cause of death"), _("Certified by"), _("Pregnancy"), _("State")),
        rows=[
            (book_lines.told("deaths", _said(facts), "died_at"), book_lines.told("deaths", _said(facts), "cause"),
             book_lines.told("deaths", _said(facts), "certified"),
             sending.word(rules.words("mother"), facts.mother) if facts.mother else "–", said)
            for facts, said in stood
        ],
        empty=("", ""),
    )  # fmt: skip


def _said(facts: DeathFacts) -> dict[str, Any]:
    said = {name: getattr(facts, name) for name in DeathFacts.__struct_fields__}
    return said | {"shut": False}


class _Sent(NamedTuple):
    """What became of a form: general sentences, what is wrong beside which field, the day of death."""

    problems: Sequence[str] = ()
    wrong: Mapping[str, str] = {}
    on: date | None = None

    @property
    def good(self) -> bool:
        return not self.problems and not self.wrong


def _facts(given: Mapping[str, str]) -> DeathFacts:
    cause = given.get("cause", "").strip().upper()[:10]
    return DeathFacts(
        place=_chosen(given.get("place", ""), "place", "home"),  # type: ignore[arg-type]
        certified_by=_chosen(given.get("certified_by", ""), "certified_by", "family"),  # type: ignore[arg-type]
        cause=cause, cause_words=given.get("cause_words", "").strip()[:200],
        place_name=given.get("place_name", "").strip()[:200],
        certifier=given.get("certifier", "").strip()[:200],
        cared={"yes": True, "no": False}.get(given.get("cared", "")),
        mother=_chosen(given.get("mother", ""), "mother", ""),  # type: ignore[arg-type]
        note=given.get("note", "").strip()[:500],
    )  # fmt: skip


def _sent(request: ActorRequest, row: PersonRow, account: Account | None) -> _Sent:
    """Describe a death, or correct how it is described; everything that is wrong is said at once."""
    given = request.POST
    facts = _facts(given)
    wrong: dict[str, str] = {}
    on = row.died_on or sending.day(given.get("on", ""))
    if row.died_on is None:
        wrong |= _wrong_day(on, row)
    judged_on = on or clock.today()
    found = queries.death_faults(by=request.actor, person=row.id, died_on=judged_on, what=facts)
    wrong |= {field: say(refusal) for field, refusal in found}
    reason = given.get("reason", "").strip()[:500]
    if account is not None and len(reason) < WHY:
        wrong["reason"] = _("Write why it is corrected.")
    if wrong or on is None:
        return _Sent(wrong=wrong)
    if account is not None:
        amended = AmendDeath(account=account.id, reason=reason, what=facts)
        unit = sending.own_unit(request, account.unit)
        return _Sent(sending.send(request, [amended], unit), on=on)
    payloads: list[Payload] = [DescribeDeath(person=row.id, what=facts)]
    if row.died_on is None:
        # What would tell what stands apart is not written on the open record.
        plain = not sensitive.kind_of(facts.cause) and codes.normal(facts.cause)
        payloads.insert(0, RecordDeath(person=row.id, on=on, cause=plain or ""))
    return _Sent(sending.send(request, payloads, _unit(request, row), on=on), on=on)


def _day_sent(request: ActorRequest, row: PersonRow) -> _Sent:
    """Correct the day of a death that is on record."""
    if row.died_on is None:
        raise Http404
    on = sending.day(request.POST.get("on", ""))
    reason = request.POST.get("reason", "").strip()[:500]
    wrong = _wrong_day(on, row)
    if on == row.died_on:
        wrong["on"] = _("This day stands already; write the right one.")
    if len(reason) < WHY:
        wrong["reason"] = _("Write why it is corrected.")
    unit = _unit_with(request, row, [registry.EDIT])
    if unit is None:
        raise Http404
    if wrong or on is None:
        return _Sent(wrong=wrong)
    moved = AmendDeathDay(person=row.id, was=row.died_on, on=on, reason=reason)
    return _Sent(sending.send(request, [moved], unit), on=on)


def _void_sent(request: ActorRequest, row: PersonRow) -> _Sent:
    """Take back a death that is on record of somebody who lives."""
    unit = _unit_with(request, row, [registry.EDIT])
    if row.died_on is None or unit is None:
        raise Http404
    reason = request.POST.get("reason", "").strip()[:500]
    if len(reason) < WHY:
        return _Sent(wrong={"reason": _("Write why it is taken back.")})
    void = VoidDeath(person=row.id, was=row.died_on, reason=reason)
    return _Sent(sending.send(request, [void], unit), on=row.died_on)


def _wrong_day(on: date | None, row: PersonRow) -> dict[str, str]:
    """What is wrong with the day of a death: not a day, to come, before the birth."""
    if on is None:
        return {"on": _("Write the day of the death, such as 07/03/2026.")}
    if on > clock.today():
        return {"on": _("This day is still to come.")}
    if on < row.born_on:
        return {"on": _("This is before the birth on {day}.").format(day=shown_day(row.born_on))}
    return {}


def _unit(request: ActorRequest, row: PersonRow) -> UUID:
    """The unit of the reader's that keeps the records where the person lived."""
    rights = [queries.RECORD] if row.died_on else [queries.RECORD, registry.EDIT]
    found = _unit_with(request, row, rights)
    if found is None:
        raise Http404
    return found


def _unit_with(request: ActorRequest, row: PersonRow, rights: Sequence[str]) -> UUID | None:
    """The first unit of the reader's with these rights whose records hold where the person lived."""
    today, map_ = clock.today(), registry.atlas()
    for id, _name in asking.units(request, queries.RECORD):
        may = all(policies.may(request.actor, right, id) for right in rights)
        if may and row.place in map_.reach(id, "own", today):
            return id
    return None


def _chosen(text: str, name: str, fallback: str) -> str:
    return text if text in rules.words(name) else fallback


_OTHERWISE = {"day": _day_sent, "void": _void_sent}
_DONE = {
    "death": gettext_lazy("The death is in the book."),
    "day": gettext_lazy("The day of the death is corrected."),
    "void": gettext_lazy("The death is taken back: this person lives."),
}
