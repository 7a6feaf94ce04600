"""Signals: the inbox, one alarm with its arithmetic and its rows, and what people answer it."""

from datetime import datetime, timedelta
from typing import Any, get_args
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.access import queries as access
from tuyen.apps.journal.queries import Kept
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.explaining import years
from tuyen.apps.surveillance.operations import CloseAlarm, Decision, TriageAlarm
from tuyen.kernel.operation import Operation, Payload, Receipt
from tuyen.kernel.period import Period
from tuyen.rules import surveillance as rules
from tuyen.web import charts
from tuyen.web.access import ActorRequest, screen
from tuyen.web.surveillance import (
    calls_frame,
    chances,
    filters,
    group_lines,
    inbox,
    pictures,
    signal_words,
    words,
)
from tuyen.web.surveillance.returning import back_to_a_list
from tuyen.web.templatetags.figures import number

READ, TRIAGE, CASES, TELL = (
    "surveillance.alarm.read", "surveillance.alarm.triage", "surveillance.case.read",
    "surveillance.signal.report",
)  # fmt: skip
PAGE = 25
_MOST_YEARS = 10


@screen(right=READ)
@require_GET
def signals(request: ActorRequest) -> HttpResponse:
    """Signals of the reader's units, one row for each place and subject, the most urgent first."""
    by, on, places, now = request.actor, clock.today(), registry.atlas(), clock.now()
    asked = filters.read(request.GET, on, places)
    state = _one(request, "state", get_args(queries.InboxState), "open")
    order = _one(request, "order", get_args(queries.InboxOrder), "score")
    level = _one(request, "level", signal_words.LEVEL, "")
    kind = request.GET.get("kind", "")[:40]
    found = queries.inbox(
        by=by, at=now, page=_number(request), size=PAGE,
        filters=queries.InboxFilters(
            state=state, order=order,  # type: ignore[arg-type]
            kinds=(kind,) if kind else (), levels=(level,) if level else (),
            subjects=tuple(f"disease:{id}" for id in asked.filters.diseases),
            area=asked.filters.area, unit=asked.filters.unit, since=asked.filters.first,
        ),
    )  # fmt: skip
    context = {
        "rows": [group_lines.told(group, now) for group in found.groups],
        "total": found.total,
        "page": Paginator(range(found.total), PAGE).get_page(found.page),
        "tally": found.tally,
        "older": found.older,
        "since": found.since,
        "faults": asked.faults,
        "texts": filters.named(asked.filters, on, places),
        "asked": asked.filters,
        "disease": ",".join(asked.filters.diseases),
        "level": level, "state": state, "kind": kind, "order": order,
        "levels": signal_words.LEVEL.items(),
        "kinds": _kinds(found.kinds),
        "states": signal_words.INBOX.items(),
        "orders": signal_words.ORDER.items(),
        "may": policies.may(by, TRIAGE),
        "may_tell": policies.may(by, TELL),
        "as_of": now,
        "back": request.get_full_path(),
        "narrowed": sum(bool(value) for value in (
            state != "open", order != "score", level, kind, asked.filters.diseases,
            asked.filters.area, asked.filters.unit, asked.filters.first,
        )),
    }  # fmt: skip
    return render(request, "surveillance/signals.html", context)


@screen(right=READ)
@require_GET
def signal(request: ActorRequest, id: UUID) -> HttpResponse:
    """One alarm: its sentence, its arithmetic, its series, its rows, and what was answered."""
    return _show(request, id)


@screen(right=TRIAGE)
@require_POST
def triage(request: ActorRequest, id: UUID) -> HttpResponse:
    """Take an alarm on, verify it, dismiss it with a reason, open an outbreak, or close it."""
    found = queries.alarm(by=request.actor, id=id)
    if found is None:
        raise Http404
    decision = request.POST.get("decision", "")
    reason = request.POST.get("reason", "").strip()[:500]
    if decision == "close":
        payload: Payload = CloseAlarm(alarm=id, because="by-hand", reason=reason)
    elif decision in get_args(Decision):
        owner = request.actor.user if decision == "take" else None
        payload = TriageAlarm(alarm=id, decision=decision, reason=reason, owner=owner)  # type: ignore[arg-type]
    else:
        return _show(request, id, _("Choose what to do with this alarm."))
    receipt = _commit(request, payload, found.row)
    if receipt.refusal is not None:
        return _show(request, id, words.said(receipt.refusal), reason)
    done = words.DECISION.get(decision, _("Closed"))
    messages.success(
        request,
        _("{what}: {disease}, {commune}. Kept at position {n} of the journal.").format(
            what=done, disease=found.row.disease_name(words.language()),
            commune=found.row.commune_name, n=number(receipt.position),
        ),
    )  # fmt: skip
    return redirect(back_to_a_list(request) or reverse("signal", args=[id]))


def _commit(request: ActorRequest, payload: Payload, row: queries.AlarmRow) -> Receipt:
    now = clock.now()
    operation = Operation.of(
        payload, unit=row.commune, happened_on=now.date(), recorded_at=now, corrects=row.id
    )
    return commit(by=request.actor, operations=[operation], at=now)[0]


def _show(request: ActorRequest, id: UUID, problem: str = "", reason: str = "") -> HttpResponse:
    by, places = request.actor, registry.atlas()
    found = queries.alarm(by=by, id=id)
    if found is None:
        raise Http404
    row, now = found.row, clock.now()
    told = inbox.tell([row], now)[0]
    linked = policies.may(by, CASES)
    context = {
        "told": told,
        "row": row,
        "rule_word": words.word(words.RULE, row.rule),
        "arithmetic": arithmetic(row, _past(request, row)),
        "chart": _chart(request, found, linked),
        "chances": chances.lines(row, queries.taught(by=by))
        if row.pvalue is not None or row.below
        else [],
        "others": inbox.tell(found.others[:8], now),
        "events": _events(found),
        "rows_href": f"{reverse('cases')}?{filters.write(row.filters)}" if linked else "",
        "trail": [
            (_("Signals"), reverse("signals")),
            (f"{told.disease}, {row.commune_name}", None),
        ],
        "may": policies.may(by, TRIAGE, row.commune) and row.closed_on is None,
        "mine": row.owner is not None and row.owner == by.user,
        "problem": problem,
        "reason": reason,
        **calls_frame.context(by, row.commune, f"disease:{row.disease}", row.since),
        "successor": _today(row, places, by.on),
    }
    return render(request, "surveillance/signal.html", context, status=422 if problem else 200)


def arithmetic(row: queries.AlarmRow, past: dict[int, int]) -> list[tuple[str, str]]:
    """The numbers by which an alarm was raised, in the order in which they were computed."""
    f = row.figures
    lines: list[tuple[str, str]] = [
        (_("Counted"), _("{first} to {last}").format(
            first=f"{row.since:%d/%m/%Y}", last=f"{row.judged_to:%d/%m/%Y}"))
    ]  # fmt: skip
    used = f.get("years")
    if isinstance(used, list):
        lines.append((_("Years compared"), years(used)))
        span = range(row.since.year - max(5, len(used)), row.since.year)
        left_out = sorted(set(span) - set(used))
        if left_out:
            lines.append((_("Years left out"), _("{years} (epidemic or no data)").format(
                years=years(left_out))))  # fmt: skip
    if past:
        told = " · ".join(f"{year}: {number(count)}" for year, count in sorted(past.items()))
        lines.append((_("The same period then"), told))
    if f.get("baseline") is not None:
        lines.append((_("Weeks of the baseline"), number(f["baseline"])))
    mean = f.get("mean", row.expected)
    if mean is not None:
        lines.append((_("Mean"), number(mean, 2)))
    if f.get("sd") is not None:
        lines.append((_("Standard deviation"), number(f["sd"], 2)))
    if f.get("needed") is not None:
        lines.append((_("Linked cases needed"), number(f["needed"])))
    if row.bound is not None:
        lines.append((_("Bound"), number(row.bound, 2)))
    lines.append((_("Observed"), number(row.observed)))
    lines.append((_("Judged by"), row.method))
    return lines


def _past(request: ActorRequest, row: queries.AlarmRow) -> dict[int, int]:
    """Cases in the same week or month of the years compared, on the alarm's own map."""
    used = row.figures.get("years")
    if not isinstance(used, list) or not used:
        return {}
    now = Period.parse(row.period)
    family = (row.disease, *(d.id for d in rules.predecessors(row.disease)))
    then = [now.year_before(row.since.year - year) for year in used[:_MOST_YEARS]]
    counted = queries.sums(
        by=request.actor, windows=[(period.start, period.end) for period in then],
        map_on=row.since, area=row.commune, diseases=family,
    )  # fmt: skip
    return dict(zip(used, counted, strict=False))


def _chart(request: ActorRequest, found: queries.AlarmDetail, linked: bool) -> Any:
    row = found.row
    end = min(request.actor.on, row.until + timedelta(days=28))
    family = (row.disease, *(d.id for d in rules.predecessors(row.disease)))
    trends = queries.weekly(by=request.actor, on=end, weeks=26, area=row.commune, chosen=family[:1])
    if not trends:
        return ""
    marked = pictures.marks([row, *found.others])
    points = pictures.weeks_of(
        trends[0], marked, filters.rows if linked else None, area=row.commune
    )
    weekly = Period.parse(row.period).kind == "week"
    points = [
        point._replace(threshold=row.bound)
        if weekly and week.start == row.since and row.bound is not None
        else point
        for point, week in zip(points, trends[0].weeks, strict=True)
    ]
    return charts.render_weekly(
        points,
        title=_("{disease} in {commune}").format(
            disease=row.disease_name(words.language()), commune=row.commune_name
        ),
        sub=_("Cases by week of onset, beside the range of the same weeks of earlier years"),
        size="medium",
    )


def _events(found: queries.AlarmDetail) -> list[dict[str, Any]]:
    """What happened to the alarm, oldest first, from the journal as far as the reader may see it."""
    row = found.row
    who = access.names({kept.author for kept in found.history} | {row.answered_by})
    events: list[dict[str, Any]] = [
        {"title": _("Raised by rule {rule}").format(rule=row.rule), "when": row.raised_at,
         "by": who.get(None, ""), "tone": "warn"}
    ]  # fmt: skip
    events += [event for kept in found.history if (event := _event(kept, who))]
    if len(events) == 1 and row.answered_at is not None:
        events.append({
            "title": words.word(words.STATE, row.state), "when": row.answered_at,
            "text": row.reason, "by": who.get(row.answered_by, ""), "tone": "good",
        })  # fmt: skip
    if row.closed_on is not None and not any(e.get("end") for e in events):
        events.append({
            "title": _("Closed"), "when": row.closed_on,
            "text": words.word(words.CLOSED, row.closed_because), "tone": "good",
        })  # fmt: skip
    if row.answered_at is None and row.open:
        tone = "bad" if clock.now() > row.due_at else "future"
        events.append({"title": _("To be answered by"), "when": row.due_at, "tone": tone})
    return sorted(events, key=_moment)


def _moment(event: dict[str, Any]) -> datetime:
    """When an event was; a day counts to its end."""
    when = event["when"]
    if isinstance(when, datetime):
        return when
    return timezone.make_aware(datetime.combine(when, datetime.max.time()))


def _event(kept: Kept, who: dict[UUID | None, str]) -> dict[str, Any] | None:
    said = kept.payload if isinstance(kept.payload, dict) else {}
    event: dict[str, Any] = {
        "when": kept.received_at, "by": who.get(kept.author, ""), "text": said.get("reason", ""),
        "href": reverse("operation", args=[kept.id]),
    }  # fmt: skip
    match kept.kind:
        case "surveillance.triage_alarm":
            event["title"] = words.word(words.DECISION, said.get("decision"))
            event["tone"] = {"dismiss": "", "open-outbreak": "bad"}.get(said["decision"], "good")
        case "surveillance.close_alarm":
            closed = words.word(words.CLOSED, said.get("because"))
            event |= {"title": _("Closed"), "tone": "good", "end": True}
            event["text"] = " · ".join(filter(None, (closed, said.get("reason"))))
        case "surveillance.raise_alarm" if kept.corrects is not None:
            event["title"] = _("Counted again: {n} cases").format(n=said.get("observed"))
        case "surveillance.weigh_alarm":
            below = words.word(chances.BELOW, said.get("below", ""))
            event["title"] = chances.false_in_words(said.get("false")) or below
            if not event["title"]:
                return None
            event["text"] = below if below != event["title"] else ""
        case _:
            return None
    return event


def _number(request: ActorRequest) -> int:
    text = request.GET.get("page", "")
    return int(text) if text.isdecimal() and len(text) < 7 else 1


def _one(request: ActorRequest, name: str, known: Any, otherwise: str) -> str:
    """A parameter that takes one of some words; anything else is the usual one."""
    asked = request.GET.get(name, "")
    return asked if asked in known else otherwise


def _kinds(found: tuple[str, ...]) -> list[tuple[str, str]]:
    """The kinds of signals that a filter offers: ours, and what other rooms sent."""
    codes = dict.fromkeys([*signal_words.KIND, *found])
    return [(code, words.word(signal_words.KIND, code)) for code in codes
            if code in found or code != "series"]  # fmt: skip


def _today(row: queries.AlarmRow, places: Any, on: Any) -> str:
    """What the commune is called today, if it has become another."""
    today = places.standing_for(row.commune, on)
    return places.full_name(today, on) if today != row.commune else ""
