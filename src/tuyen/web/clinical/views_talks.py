"""Health education: what a station told to many in a month, written down by one short form; advice at
visits stands beside it by itself."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import AmendTalk, RecordTalk, TalkFacts, VoidTalk
from tuyen.apps.clinical.queries import TalkRow
from tuyen.apps.registry import queries as registry
from tuyen.kernel.operation import Payload
from tuyen.kernel.period import Period
from tuyen.rules.clinical import talks as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.clinical import asking, book_lines
from tuyen.web.clinical import care_sending as sending
from tuyen.web.clinical.care_pages import Asked, Cell, Form, Page, Stats, Table, options, show
from tuyen.web.sentences import say
from tuyen.web.templatetags.figures import day as shown_day
from tuyen.web.templatetags.figures import month as shown_month
from tuyen.web.templatetags.figures import number
from tuyen.web.typed import whole

WHY = 3
"""Letters of a reason, at least."""
PLACES = ("village", "commune")


class _Read(NamedTuple):
    """A form as it was read: what it tells, or what is wrong beside which field."""

    facts: TalkFacts | None
    wrong: Mapping[str, str]


@screen(right=queries.READ)
@require_http_methods(["GET", "POST"])
def talks(request: ActorRequest) -> HttpResponse:
    """The talks of a unit's month, the form of the next one, and the days on which visits held advice."""
    today = clock.today()
    units = asking.units(request)
    unit = asking.unit(request.GET.get("unit", ""), units)
    asked = request.GET.get("month", "")
    month = asking.month(asked, today) if asked else Period.of("month", today)
    may = unit is not None and policies.may(request.actor, queries.RECORD, unit)
    problems: list[str] = []
    wrong: Mapping[str, str] = {}
    if request.method == "POST":
        if unit is None or not may:
            raise Http404
        read = _read(request, unit)
        wrong = read.wrong
        if read.facts is not None:
            problems = sending.send(request, [RecordTalk(what=read.facts)], unit, on=read.facts.on)
            if not problems:
                messages.success(request, _("The talk is in the book."))
                return redirect(_address(unit, f"{read.facts.on:%Y-%m}"))
    parts = _parts(request, unit, month) if unit else []
    if unit is not None and may:
        last = queries.last_talk(by=request.actor, unit=unit)
        parts.insert(0, _form(request, unit, last))
    place = registry.atlas().full_name(unit, month.end) if unit else _("No station of yours")
    actions = [
        (capfirst(shown_month(one.label)), _address(unit, one.label), "calendar")
        for one in (month.previous(), month.next()) if one.start <= today
    ]  # fmt: skip
    return show(request, Page(
        title=_("Health education"), lead=f"{place}, {shown_month(month.label)}", parts=parts,
        actions=actions, problems=problems, wrong=wrong,
    ))  # fmt: skip


def _address(unit: UUID | None, month: str) -> str:
    return f"{reverse('care-talks')}?unit={unit or ''}&month={month}"


def _parts(request: ActorRequest, unit: UUID, month: Period) -> list[Any]:
    by = request.actor
    rows = queries.talks(by=by, unit=unit, month=month)
    days = queries.advised(by=by, unit=unit, month=month)
    return [
        Stats(values=(
            (_("Talks"), number(len(rows)), ""),
            (_("People reached"), number(sum(row.reached for row in rows)), ""),
            (_("People advised at visits"), number(sum(people for _day, people in days)), ""),
        )),
        Table(
            title=_("Talks of the month"),
            columns=(_("Day"), _("Form of the talk"), _("Topic"), _("Place of the talk"), _("How many people"), _("Who spoke")),
            rows=[_line(row) for row in rows], numbers={_("How many people")},
            empty=(_("No talk stands in the book this month"), _("Write down the first one above.")),
        ),
        Table(
            title=_("Advice at visits, by day"), columns=(_("Day"), _("How many people")),
            rows=[(shown_day(day), number(people)) for day, people in days],
            numbers={_("How many people")},
            empty=(_("No visit of this month holds advice"), _("Advice that is written at a visit is counted here by itself.")),
        ),
    ]  # fmt: skip


def _line(row: TalkRow) -> tuple[Cell | str, ...]:
    said = _said(row.facts, row.unit)
    return (
        Cell(shown_day(row.on), reverse("care-talk", args=[row.id])),
        book_lines.told("talks", said, "talk_form"), book_lines.topic(said),
        book_lines.talk_place(said), book_lines.reached(said), row.speaker,
    )  # fmt: skip


def _said(facts: TalkFacts, unit: UUID) -> dict[str, Any]:
    told = {name: getattr(facts, name) for name in TalkFacts.__struct_fields__}
    return told | {"unit": unit}


@screen(right=queries.READ)
@require_http_methods(["GET", "POST"])
def talk(request: ActorRequest, id: UUID) -> HttpResponse:
    """One talk: what stands and what had stood; corrected, or taken back, with a reason."""
    row = queries.talk(by=request.actor, id=id)
    if row is None:
        raise Http404
    may = row.state == "live" and policies.may(request.actor, queries.RECORD, row.unit)
    problems: list[str] = []
    wrong: Mapping[str, str] = {}
    if request.method == "POST":
        if not may:
            raise Http404
        payload, wrong = _change(request, row)
        if payload is not None:
            problems = sending.send(request, [payload], row.unit)
            if not problems:
                messages.success(request, _("It is kept."))
                return redirect(_address(row.unit, f"{row.on:%Y-%m}"))
    parts: list[Any] = [_history(request, row)]
    if may:
        parts += [_form(request, row.unit, row, correct=True), _void_form()]
    title = book_lines.told("talks", _said(row.facts, row.unit), "talk_form")
    return show(request, Page(
        title=title, lead=f"{shown_day(row.on)} · {book_lines.talk_place(_said(row.facts, row.unit))}",
        parts=parts, problems=problems, wrong=wrong,
        trail=[(_("Health education"), _address(row.unit, f"{row.on:%Y-%m}"))],
    ))  # fmt: skip


def _history(request: ActorRequest, row: TalkRow) -> Table:
    stands = _("stands") if row.state == "live" else _("taken back")
    changes = queries.talk_changes(by=request.actor, talk=row.id)
    stood = [(row.facts, stands)] if row.state == "live" else []
    words = {"amended": _("corrected: {why}"), "void": _("taken back: {why}")}
    stood += [(one.before, words[one.what].format(why=one.reason)) for one in changes]
    return Table(
        title=_("What is known"),
        columns=(_("Day"), _("Topic"), _("Place of the talk"), _("How many people"), _("Who spoke"), _("State")),
        numbers={_("How many people")},
        rows=[
            (Cell(shown_day(facts.on), under=facts.note), book_lines.topic(said),
             book_lines.talk_place(said), book_lines.reached(said), facts.speaker, state)
            for facts, state in stood
            for said in [_said(facts, row.unit)]
        ],
        empty=("", ""),
    )  # fmt: skip


def _form(request: ActorRequest, unit: UUID, row: TalkRow | None, *, correct: bool = False) -> Form:
    """The form of a talk: of a new one with the form, place and speaker of the last."""
    on = row.on if correct and row else clock.today()
    whole_row = row if correct else None
    place = str(row.place) if row and row.place else ""
    fields = [
        Asked(name="on", label=_("Day"), kind="day", value=f"{on:%d/%m/%Y}", needed=True),
        Asked(name="form", label=_("Form of the talk"), kind="select", value=row.form if row else "group",
              options=options(sending.words(rules.words("forms")))),
        Asked(name="topic", label=_("Topic"), kind="select", value=row.topic if row else "immunization",
              options=options(sending.words(rules.words("topics")))),
        Asked(name="topic_words", label=_("More of the topic"), value=whole_row.topic_words if whole_row else ""),
        Asked(name="place", label=_("Place of the talk"), kind="select", value=place,
              options=_places(request, unit, row.place if whole_row and row else None)),
        Asked(name="place_name", label=_("Which house, school or market"),
              value=whole_row.place_name if whole_row else ""),
        Asked(name="reached", label=_("How many people"), kind="number", hint=_("Left empty for a loudspeaker."),
              value=str(whole_row.reached or "") if whole_row else ""),
        Asked(name="speaker", label=_("Who spoke"), value=row.speaker if row else request.actor.name, needed=True),
        Asked(name="note", label=_("Remark"), value=whole_row.note if whole_row else ""),
    ]  # fmt: skip
    if correct:
        fields.append(Asked(name="reason", label=_("Why it is corrected"), needed=True))
    return Form(
        title=_("Correct") if correct else _("Write down a talk"), act="talk", fields=fields,
        send=_("Keep it"), closed=correct,
    )  # fmt: skip


def _void_form() -> Form:
    return Form(
        title=_("Take the talk back"), act="void", send=_("Take it back"), closed=True,
        fields=[Asked(name="reason", label=_("Why"), needed=True)],
    )  # fmt: skip


def _places(request: ActorRequest, unit: UUID, held: UUID | None) -> list[tuple[str, str]]:
    """The house of the unit, the villages and communes where it keeps the records, and the one that
    stands already."""
    map_, on = registry.atlas(), clock.today()
    reach = map_.reach(unit, "own", on)
    found = {id: map_.name(id, on) for type in PLACES for id in map_.units(type, on) if id in reach}
    if held is not None:
        found.setdefault(held, map_.name(held))
    sorted_ = sorted(found.items(), key=lambda one: one[1])
    return [("", map_.full_name(unit, on)), *((str(id), name) for id, name in sorted_)]


def _read(request: ActorRequest, unit: UUID) -> _Read:
    """What a form tells; everything that is wrong with it at once."""
    given = request.POST
    wrong: dict[str, str] = {}
    on = sending.day(given.get("on", ""))
    if on is None:
        wrong["on"] = _("Write the day as 07/03/2026.")
    typed = given.get("reached", "").strip()
    reached = whole(typed) if typed else 0
    if reached is None or reached > 1_000_000:
        wrong["reached"] = _("Write a whole number of people.")
    place = _uuid(given.get("place", ""))
    facts = TalkFacts(
        on=on or clock.today(), form=given.get("form", "")[:40], topic=given.get("topic", "")[:40],
        speaker=given.get("speaker", "").strip()[:200], reached=0 if "reached" in wrong else reached or 0,
        topic_words=given.get("topic_words", "").strip()[:200], place=place,
        place_name=given.get("place_name", "").strip()[:200], note=given.get("note", "").strip()[:500],
    )  # fmt: skip
    for field, refusal in queries.talk_faults(by=request.actor, unit=unit, what=facts):
        wrong.setdefault(field, say(refusal))
    return _Read(None if wrong else facts, wrong)


def _change(request: ActorRequest, row: TalkRow) -> tuple[Payload | None, Mapping[str, str]]:
    """The correction or the taking back that a form asks for, or what is wrong with it."""
    reason = request.POST.get("reason", "").strip()[:500]
    lacking = (
        {}
        if len(reason) >= WHY
        else {"reason": _("Say why in at least three letters: others will read it.")}
    )
    if request.POST.get("act") == "void":
        return (None if lacking else VoidTalk(talk=row.id, reason=reason)), lacking
    read = _read(request, row.unit)
    wrong = {**read.wrong, **lacking}
    if wrong or read.facts is None:
        return None, wrong
    return AmendTalk(talk=row.id, reason=reason, what=read.facts), {}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
