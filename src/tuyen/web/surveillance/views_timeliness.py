"""7-1-7 of all outbreaks: the leagues by disease and by level, and the events behind each figure."""

from collections import Counter
from datetime import date
from typing import Any

import numpy as np
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import queries
from tuyen.engines.exchange.write import write_csv
from tuyen.engines.surveillance.timeliness import MET, MISSED, OVERDUE, League, league
from tuyen.rules.surveillance import outbreaks as law
from tuyen.web.access import ActorRequest, screen
from tuyen.web.surveillance import filters, outbreak_words, words
from tuyen.web.surveillance.outbreak_frame import READ
from tuyen.web.surveillance.seven import state_word, told

_STATES = {"met": (MET,), "missed": (MISSED, OVERDUE), "judged": (MET, MISSED, OVERDUE)}


@screen(right=READ)
@require_GET
def seven_one_seven(request: ActorRequest) -> HttpResponse:
    """Was each outbreak detected in 7 days, notified in 1, answered in 7, and if not, why?"""
    on, asked = clock.today(), _asked(request)
    events = _found(request, asked)
    targets = events.targets
    diseases = [event.row.disease or event.row.syndrome for event in events.events]
    levels = [event.level for event in events.events]
    shown = [event for event in events.events if _chosen(event, request.GET)]
    query = request.GET.copy()
    for name in ("stage", "state", "level"):
        query.pop(name, None)
    context = {
        "targets": targets,
        "stages": [words.word(outbreak_words.STAGE, stage) for stage in law.STAGES],
        "whole": _total(league(events.found, [""] * len(levels)), query),
        "by_disease": _table(league(events.found, diseases), query, "disease"),
        "by_level": _table(league(events.found, levels), query, "level"),
        "bottlenecks": _bottlenecks(events, on),
        "actions": _slowest(events, on),
        "lines": [told(event, targets, on) for event in shown],
        "total": len(events.events),
        "narrowed": len(shown) != len(events.events),
        "asked": asked.filters,
        "texts": filters.named(asked.filters, on, registry.atlas()),
        "disease": ",".join(asked.filters.diseases),
        "faults": asked.faults,
        "query": request.GET.urlencode(),
        "as_of": clock.now(),
    }
    return render(request, "surveillance/seven_one_seven.html", context)


@screen(right=READ)
@require_GET
def as_csv(request: ActorRequest) -> HttpResponse:
    """The events of the page as a table, a line an outbreak; no person is named in it."""
    events = _found(request, _asked(request))
    head = [
        _("Outbreak"), _("Disease"), _("Level"), _("Emerged"), _("Detected"), _("Notified"),
        _("Actions complete"), *(_("{stage}, days").format(stage=s) for s in _names()),
        *(_("{stage}, state").format(stage=s) for s in _names()), _("Last action"), _("Reasons"),
        _("Id"),
    ]  # fmt: skip
    on = clock.today()
    rows: list[list[Any]] = [
        [
            event.row.title, event.row.disease_name(words.language()),
            words.word(outbreak_words.LEVEL_TYPE, event.level), event.emerged.on,
            event.detected.on, event.notified.on, event.responded,
            *(None if days is None else int(days) for days in event.days),
            *(state_word(state) for state in event.state),
            outbreak_words.action(event.last, on) if event.last else "",
            "; ".join(outbreak_words.hindrance(code, on) for _stage, code in event.hindrances),
            str(event.row.id),
        ]
        for event in events.events
        if _chosen(event, request.GET)
    ]  # fmt: skip
    answer = HttpResponse(write_csv(head, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="7-1-7-{on:%Y%m%d}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def _names() -> list[str]:
    return [words.word(outbreak_words.STAGE, stage) for stage in law.STAGES]


def _asked(request: ActorRequest) -> filters.Asked:
    return filters.read(request.GET, clock.today(), registry.atlas())


def _found(request: ActorRequest, asked: filters.Asked) -> queries.Events:
    f = asked.filters
    return queries.seven_one_seven(
        by=request.actor, first=f.first, last=f.last, diseases=f.diseases, area=f.area
    )


def _chosen(event: queries.Event, query: QueryDict) -> bool:
    """Whether an event is one of those that a figure was counted from."""
    if query.get("level") and event.level != query["level"]:
        return False
    stage, states = query.get("stage", ""), _STATES.get(query.get("state", ""))
    if stage == "all":
        whole = all(state == MET for state in event.state)
        return whole if query.get("state") == "met" else True
    if stage in law.STAGES and states:
        return event.state[law.STAGES.index(stage)] in states
    return True


def _href(query: QueryDict, **changes: str) -> str:
    changed = query.copy()
    for name, value in changes.items():
        changed[name] = value
    return f"{reverse('seven-one-seven')}?{changed.urlencode()}#events"


def _total(table: League, query: QueryDict) -> dict[str, Any] | None:
    if not table.groups:
        return None
    return _line(table, 0, query, {})


def _table(table: League, query: QueryDict, by: str) -> list[dict[str, Any]]:
    lines = []
    for n, group in enumerate(table.groups):
        chosen = {by: group} if group and _is_code(by, group) else {}
        line = _line(table, n, query, chosen)
        line["name"] = (
            words.disease(group) if by == "disease" and _is_code(by, group)
            else words.word(outbreak_words.LEVEL_TYPE, group) if by == "level" else group
        )  # fmt: skip
        lines.append(line)
    return sorted(lines, key=lambda line: (-line["events"], line["name"]))


def _is_code(by: str, group: str) -> bool:
    from tuyen.rules import surveillance as rules

    return by == "level" or any(disease.id == group for disease in rules.all_diseases())


def _line(table: League, n: int, query: QueryDict, chosen: dict[str, str]) -> dict[str, Any]:
    stages = []
    for at, stage in enumerate(law.STAGES):
        judged, met = int(table.ended[n, at]), int(table.met[n, at])
        middle = table.median[n, at]
        stages.append({
            "share": met / judged if judged else None, "met": met, "judged": judged,
            "median": None if np.isnan(middle) else float(middle),
            "href": _href(query, **chosen, stage=stage, state="met"),
            "missed_href": _href(query, **chosen, stage=stage, state="missed"),
        })  # fmt: skip
    whole, judged = int(table.whole[n]), int(table.judged[n])
    return {
        "events": int(table.events[n]), "stages": stages, "whole": whole, "judged": judged,
        "share": whole / judged if judged else None, "href": _href(query, **chosen),
        "whole_href": _href(query, **chosen, stage="all", state="met"), "name": "",
    }  # fmt: skip


def _bottlenecks(events: queries.Events, on: date) -> list[tuple[str, str, int]]:
    """Why stages took long, as often as it was said."""
    counted = Counter(pair for event in events.events for pair in event.hindrances)
    return [
        (words.word(outbreak_words.STAGE, stage), outbreak_words.hindrance(code, on), n)
        for (stage, code), n in counted.most_common(10)
    ]


def _slowest(events: queries.Events, on: date) -> list[tuple[str, int]]:
    """Which early action was the last, or is the one that is waited for."""
    counted = Counter(event.last for event in events.events if event.last)
    return [(outbreak_words.action(code, on), n) for code, n in counted.most_common()]
