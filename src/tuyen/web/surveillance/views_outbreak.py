"""The room of one outbreak: summary, line list, chains, map, laboratory, isolation, definition."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock, policies
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import queries
from tuyen.rules import surveillance as rules
from tuyen.rules.surveillance import outbreaks as law
from tuyen.web import charts
from tuyen.web.access import ActorRequest, screen
from tuyen.web.surveillance import (
    criterion_words,
    outbreak_words,
    pictures,
    sheets,
    sheets_outbreak,
    words,
)
from tuyen.web.surveillance.outbreak_frame import (
    DECLARE,
    READ,
    called,
    find,
    framed,
    note_readings,
    spoken,
)
from tuyen.web.templatetags.figures import number

Typed = Mapping[str, Any] | None
Show = Callable[[ActorRequest, queries.OutbreakDetail, str, Typed], HttpResponse]
CASE, CONTACT = "surveillance.case", "surveillance.contact"
_DAILY = 62  # days that a curve shows one by one


@screen(right=READ)
@require_GET
def outbreak(request: ActorRequest, id: UUID) -> HttpResponse:
    """The summary: figures, curve, clocks, what was declared, and when it may close."""
    return summary(request, find(request, id))


@screen(right=READ)
@require_GET
def cases(request: ActorRequest, id: UUID) -> HttpResponse:
    """The line list, and the cases that meet the definition and are not on it."""
    return line_list(request, find(request, id))


@screen(right=READ)
@require_GET
def chains(request: ActorRequest, id: UUID) -> HttpResponse:
    """Who infected whom: a tree in time, and a table."""
    return tree(request, find(request, id))


@screen(right=READ)
@require_GET
def isolation(request: ActorRequest, id: UUID) -> HttpResponse:
    """The clocks of isolation, case by case."""
    return isolations(request, find(request, id))


@screen(right=READ)
@require_GET
def laboratory(request: ActorRequest, id: UUID) -> HttpResponse:
    """Samples and results: what is awaited, and how long results took."""
    return samples(request, find(request, id))


@screen(right=READ)
@require_GET
def map_(request: ActorRequest, id: UUID) -> HttpResponse:
    """Cases and contacts by commune, on today's map or on the one before the mergers."""
    found = find(request, id)
    places, on = registry.atlas(), clock.today()
    before = pictures.before_mergers(places, on)
    map_on = before if before and request.GET.get("map") == "before" else on
    cases = queries.cases_on_map(by=request.actor, id=id, map_on=map_on)
    met: dict[UUID, int] = {}
    for commune, n in queries.contacts_by_commune(by=request.actor, outbreak=id):
        there = places.standing_for(commune, map_on)
        met[there] = met.get(there, 0) + n
    if sheets.wanted(request):
        rows = sheets_outbreak.by_commune(places, cases, met, map_on)
        return sheets.answer("outbreak-map", sheets_outbreak.MAP, rows)
    context = framed(request, found, "outbreak-map") | {
        "sheet": sheets.address(request),
        "cases_map": _map(places, cases, map_on, _("Cases by commune of onset"), _("cases")),
        "contacts_map": _map(places, met, map_on, _("Contacts by commune"), _("contacts")),
        "before": before,
        "map_on": map_on,
    }
    return render(request, "surveillance/outbreak_map.html", context)


@screen(right=READ)
@require_GET
def plan(request: ActorRequest, id: UUID) -> HttpResponse:
    """What the outbreak is said to be: title, place, lead, and the definition of a case."""
    return definition(request, find(request, id))


def summary(
    request: ActorRequest, found: queries.OutbreakDetail, problem: str = "", typed: Typed = None
) -> HttpResponse:
    row, by, now = found.row, request.actor, clock.now()
    figures = queries.outbreak_figures(by=by, id=row.id) or {}
    drawn = queries.curve(by=by, id=row.id, disease=row.disease, at=now, open_=row.open)
    if sheets.wanted(request):
        return sheets.answer("epidemic-curve", sheets_outbreak.CURVE, sheets_outbreak.curve(drawn))
    told = queries.reports(by=by, row=row, at=now)
    closing = queries.closing_of(by=by, row=row)
    on = clock.today()
    context = framed(request, found, "outbreak", problem, typed) | {
        "figures": [one for one in spoken(figures, on) if one[0] not in ("level", "discarded")][:14],
        "totals": figures,
        "chart": _curve(drawn, row),
        "curve": drawn,
        "sheet": sheets.address(request) if drawn.days else "",
        "closing": closing,
        "report_due": told.due_at,
        "report_late": told.due_at is not None and now > told.due_at,
        "missing": told.missing,
        "tasks": [
            (t.id, outbreak_words.action(t.action, on) if t.action else t.title, t.due_on)
            for t in queries.tasks(by=by, id=row.id)
            if t.done_on is None
        ][:5],
        "declared": [_declared(one) for one in found.declarations],
        "sources": [_source(one) for one in found.sources],
        "levels": [(level.code, level.name(words.language())) for level in law.levels(on)
                   if not row.group or row.group in level.groups],
        "authorities": outbreak_words.AUTHORITY.items(),
        "criteria": outbreak_words.CRITERION.items(),
        "capacity": outbreak_words.CAPACITY.items(),
        "copes": outbreak_words.COPES.items(),
        "needs": [(level.name(words.language()),
                   words.word(outbreak_words.AUTHORITY, level.by),
                   ", ".join(str(outbreak_words.NEED[need]) for need in level.needs) or "–",
                   law.source(level.source), level.verified)
                  for level in law.levels(on) if not row.group or row.group in level.groups],
        "because": outbreak_words.BECAUSE.items(),
        "closed_because": words.word(outbreak_words.BECAUSE, row.closed_because),
        **(criterion_words.context(by, row, bool(found.declarations)) if policies.may(by, DECLARE) else {}),
    }  # fmt: skip
    return render(request, "surveillance/outbreak.html", context, status=422 if problem else 200)


def line_list(
    request: ActorRequest, found: queries.OutbreakDetail, problem: str = "", typed: Typed = None
) -> HttpResponse:
    row, by = found.row, request.actor
    context = framed(request, found, "outbreak-cases", problem, typed)
    filters = queries.CaseFilters(outbreak=row.id)
    page = queries.line_list(by=by, filters=filters, order="onset", size=200)
    fits = queries.search_for_cases(by=by, row=row) if context["may_run"] and row.open else []
    note_readings(request, CASE, [case.id for case in (*page.rows, *fits)])
    context |= {
        "lines": [_case(case) for case in page.rows],
        "total": page.total,
        "more": page.total > len(page.rows),
        "fits": [_case(case) for case in fits],
        "hidden": row.cases - sum(c.classification != "discarded" for c in page.rows)
        if page.total == len(page.rows) else 0,
        "exports": f"{reverse('case-export')}?outbreak={row.id}",
    }  # fmt: skip
    return render(
        request, "surveillance/outbreak_cases.html", context, status=422 if problem else 200
    )  # fmt: skip


def tree(
    request: ActorRequest, found: queries.OutbreakDetail, problem: str = "", typed: Typed = None
) -> HttpResponse:
    row = found.row
    drawn = queries.chains(by=request.actor, id=row.id)
    note_readings(request, CASE, [case.id for case in drawn.cases])
    if sheets.wanted(request):
        return sheets.answer("chains", sheets_outbreak.CHAINS, sheets_outbreak.chains(drawn))
    evidence = outbreak_words.EVIDENCE
    parent: dict[UUID, tuple[UUID | None, str, bool]] = {
        link.case: (link.infector, words.word(evidence, link.evidence), False)
              for link in drawn.infections}  # fmt: skip
    for named, other in drawn.named:
        parent.setdefault(named, (other, _("named in the report"), True))
    nodes = []
    for case in drawn.cases:
        source, why, guessed = parent.get(case.id, (None, "", False))
        nodes.append(
            charts.Node(
                str(case.id), case.onset_on, called(case), case.classification,
                str(source) if source else "", why, guessed, reverse("case", args=[case.id]),
            )
        )  # fmt: skip
    names = {case.id: f"{called(case)} · {case.onset_on:%d/%m}" for case in drawn.cases}
    kinds = {code: str(word) for code, word in words.CLASSIFICATION.items()
             if any(node.kind == code for node in nodes)}  # fmt: skip
    context = framed(request, found, "outbreak-chains", problem, typed) | {
        "chart": charts.render_chains(
            nodes, title=_("Chains of transmission"), kinds=kinds,
            sub=_("By day of onset; below and to the right stands who had it from whom"),
        ) if nodes else "",
        "sheet": sheets.address(request) if nodes else "",
        "total": drawn.total,
        "drawn": len(drawn.cases),
        "choices": list(names.items()),
        "evidence": evidence.items(),
        "infections": [
            (link.case, names[link.case], names[link.infector],
             words.word(evidence, link.evidence), link.note)
            for link in drawn.infections
        ],
        "numbers": _numbers(drawn),
    }  # fmt: skip
    return render(
        request, "surveillance/outbreak_chains.html", context, status=422 if problem else 200
    )  # fmt: skip


def isolations(
    request: ActorRequest, found: queries.OutbreakDetail, problem: str = "", typed: Typed = None
) -> HttpResponse:
    row, now = found.row, clock.now()
    rows = queries.isolations(by=request.actor, id=row.id, disease=row.disease)
    note_readings(request, CASE, [one.case.id for one in rows])
    steps = law.isolation_steps(clock.today())
    context = framed(request, found, "outbreak-isolation", problem, typed) | {
        "must": law.isolated(row.disease, clock.today()),
        "lines": [
            {
                "case": one.case,
                "name": called(one.case),
                "setting": words.word(outbreak_words.SETTING, one.setting),
                "found_at": one.found_at,
                "clocks": [
                    (words.word(outbreak_words.STEP, clock_.step), clock_.due_at, clock_.done_at,
                     clock_.late(now))
                    for clock_ in one.clocks
                ],
            }
            for one in rows
        ],
        "settings": outbreak_words.SETTING.items(),
        "steps": outbreak_words.STEP.items(),
        "rules": [
            (words.word(outbreak_words.SETTING, setting),
             [(words.word(outbreak_words.STEP, step.step), step.hours,
               words.word(outbreak_words.STEP, step.after) if step.after != "found"
               else _("Found")) for step in each])
            for setting, each in steps.items()
        ],
        "choices": [(one.case.id, f"{called(one.case)} · {one.case.onset_on:%d/%m}")
                    for one in rows],
    }  # fmt: skip
    return render(
        request, "surveillance/outbreak_isolation.html", context, status=422 if problem else 200
    )  # fmt: skip


def samples(request: ActorRequest, found: queries.OutbreakDetail) -> HttpResponse:
    row, on = found.row, clock.today()
    rows = queries.samples(by=request.actor, id=row.id)
    note_readings(request, CASE, [one.case.id for one in rows])
    waiting = [one for one in rows if one.result in ("", "pending")]
    took = sorted(one.days for one in rows if one.days is not None)
    context = framed(request, found, "outbreak-laboratory") | {
        "lines": [
            {
                "case": one.case, "name": called(one.case),
                "test": words.word(words.TEST, one.test),
                "result": words.word(words.RESULT, one.result or "pending"),
                "tone": {"positive": "bad", "negative": "good"}.get(one.result, "warn"),
                "sampled_on": one.sampled_on, "result_on": one.result_on,
                "days": one.days if one.days is not None
                else (on - one.sampled_on).days if one.sampled_on and one in waiting else None,
                "waits": one in waiting,
            }
            for one in rows
        ],
        "waiting": len(waiting),
        "positive": sum(one.result == "positive" for one in rows),
        "median": took[len(took) // 2] if took else None,
        "samples": len(rows),
    }  # fmt: skip
    return render(request, "surveillance/outbreak_laboratory.html", context)


def definition(
    request: ActorRequest, found: queries.OutbreakDetail, problem: str = "", typed: Typed = None
) -> HttpResponse:
    row = found.row
    rule = queries.closing_of(by=request.actor, row=row)
    context = framed(request, found, "outbreak-plan", problem, typed) | {
        "said": row.definition,
        "classes": words.CLASSIFICATION.items(),
        "closing": rule,
        "follow_days": law.follow_days(row.disease, clock.today()),
    }
    return render(
        request, "surveillance/outbreak_plan.html", context, status=422 if problem else 200
    )  # fmt: skip


def _curve(drawn: queries.Curve, row: queries.OutbreakRow) -> Any:
    """The curve by day; by week where the outbreak lasted longer than two months."""
    if not drawn.days:
        return ""
    bins = _daily(drawn.days) if len(drawn.days) <= _DAILY else _weekly(drawn.days)
    series = [str(words.CLASSIFICATION[name]) for name in ("confirmed", "probable", "suspected")]
    notes = []
    if len(drawn.days) <= _DAILY:
        days = [one.day for one in drawn.days]
        if row.opened_on in days:
            notes.append(charts.Note(days.index(row.opened_on), _("Opened")))
    sub = _("Cases by day of onset, as sure as they are")
    if drawn.learnt_from:
        sub = _(
            "Cases by day of onset, as sure as they are; hatched: expected, by how long {n} reports took"
        ).format(n=number(drawn.learnt_from))
    return charts.render_epicurve(bins, series, title=_("Epidemic curve"), sub=sub, notes=notes)


def _daily(days: list[queries.CurveDay]) -> list[charts.Bin]:
    return [
        charts.Bin(f"{one.day:%d/%m}", one.counts, coming=one.coming, low=one.low, high=one.high)
        for one in days
    ]


def _weekly(days: list[queries.CurveDay]) -> list[charts.Bin]:
    weeks: dict[date, list[queries.CurveDay]] = {}
    for one in days:
        weeks.setdefault(one.day - timedelta(days=one.day.weekday()), []).append(one)
    return [
        charts.Bin(
            f"{week:%d/%m/%y}",
            [sum(one.counts[n] for one in each) for n in range(3)],
            coming=sum(one.coming for one in each),
        )
        for week, each in weeks.items()
    ]


def _map(places: Any, values: Mapping[UUID, int], on: date, title: str, unit: str) -> Any:
    shapes = []
    for commune in places.communes(on):
        rings = pictures.rings_of(places.boundary(commune, on))
        if rings:
            name = places.full_name(commune, on)
            shapes.append(charts.Shape(str(commune), name, rings, values.get(commune, 0)))
    if len(shapes) < 2 or not any(values.values()):
        return ""
    sub = _("Map of {day}").format(day=f"{on:%d/%m/%Y}")
    return charts.render_map(shapes, title=title, sub=sub, unit=unit)


def _case(case: queries.CaseRow) -> dict[str, Any]:
    return {
        "case": case, "name": called(case), "href": reverse("case", args=[case.id]),
        "sex": words.word(words.SEX, case.sex),
        "class": words.word(words.CLASSIFICATION, case.classification),
        "outcome": words.word(words.OUTCOME, case.outcome),
        "disease": rules.disease(case.disease).name(words.language()),
    }  # fmt: skip


def _declared(one: queries.Declared) -> dict[str, Any]:
    level = law.level(one.level, one.declared_on)
    due = one.met_at + timedelta(hours=level.hours) if one.met_at and level else None
    return {
        "one": one,
        "level": level.name(words.language()) if level else one.level,
        "authority": words.word(outbreak_words.AUTHORITY, one.authority),
        "due": due,
        "late": due is not None and one.received_at > due,
        "form": level.form if level else "",
    }


def _source(one: Any) -> tuple[str, str, Any]:
    kind = words.word(outbreak_words.MILESTONE, one.kind)
    href = reverse("signal" if one.kind == "alarm" else "event", args=[one.id])
    return kind, href, one.since_at


def _numbers(drawn: queries.Chains) -> list[tuple[str, str]]:
    """What the chains say: how many cases each case led to."""
    infected: dict[UUID, int] = {}
    for link in drawn.infections:
        infected[link.infector] = infected.get(link.infector, 0) + 1
    gaps = {case.id: case.onset_on for case in drawn.cases}
    serial = sorted((gaps[link.case] - gaps[link.infector]).days for link in drawn.infections)
    pairs = [
        (_("Cases with a known source"), number(len(drawn.infections))),
        (_("Most cases from one"), number(max(infected.values(), default=0))),
    ]
    if serial:
        middle = serial[len(serial) // 2]
        pairs.append((
            _("Median days from case to case"),
            ngettext("%(n)s day", "%(n)s days", middle) % {"n": number(middle)},
        ))  # fmt: skip
    return pairs
