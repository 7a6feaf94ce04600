"""The room's first page: what a nurse needs when she comes in, and what a province looks at first.

Each part is there for whoever may open what it leads to; nobody is named on it.
"""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock, policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization import queries
from tuyen.apps.immunization.queries import FULL, aefi, packs, sessions
from tuyen.apps.supply import queries as supply
from tuyen.engines.immunization.aefi import Clock
from tuyen.rules.immunization import programme
from tuyen.web.access import ActorRequest, screen
from tuyen.web.immunization import session_words, words
from tuyen.web.supply import words as stock_words
from tuyen.web.surveillance.words import word

READ = "immunization.coverage.read"
DOSES = "immunization.dose.read"
SHOWN, NAMED = 6, 3
UNREAD = timedelta(hours=24)  # two readings a day: none for so long is a gap
_LISTS = ("due", "overdue", "defaulters", "zero-dose")


class _Running(NamedTuple):
    """A serious event and the first of its clocks that still runs."""

    row: aefi.AefiRow
    name: str
    clock: Clock | None
    late: bool


@screen(right=READ)
@require_GET
def home(request: ActorRequest) -> HttpResponse:
    """Today in the immunisation room."""
    by, on, now = request.actor, clock.today(), clock.now()
    context = {
        "sessions": _sessions(by, on),
        "lists": _lists(by, on),
        "clocks": _clocks(by, now),
        "holds": len(aefi.holds(by=by)) if policies.may(by, sessions.READ) else 0,
        "short": _short(by, on),
        "cold": _cold(by, on, now),
        "coverage": _coverage(by, on),
        "behind": packs.behind(by=by, on=on),
        "rooms": _rooms(by),
        "as_of": now,
        "on": on,
    }
    return render(request, "immunization/home.html", context)


def _sessions(by: Actor, on: date) -> dict[str, Any] | None:
    """The sessions of today, and the next one where there is none."""
    if not policies.may(by, sessions.READ):
        return None
    found = sessions.sessions(by=by, first=on, last=on + timedelta(days=14), limit=1000)
    found = [row for row in reversed(found) if row.state != "cancelled"]
    today = [row for row in found if row.day == on]
    return {
        "today": [_session(row) for row in today[:SHOWN]],
        "count": len(today),
        "more": max(0, len(today) - SHOWN),
        "next": next((row for row in found if row.day > on), None),
        "may_plan": policies.may(by, "immunization.session.plan"),
    }


def _session(row: sessions.SessionRow) -> dict[str, Any]:
    return {
        "row": row,
        "kind": session_words.kind(row.kind),
        "state": word(session_words.STATE, row.state),
        "tone": session_words.TONE[row.state],
    }


def _lists(by: Actor, on: date) -> list[dict[str, Any]]:
    """How many children are due, late, gone, never seen."""
    if not policies.may(by, DOSES):
        return []
    counts = queries.counted(by=by, on=on)
    return [
        {
            "word": words.word(words.KINDS, kind), "count": counts[kind],
            "href": f"{reverse('children')}?list={kind}",
        }
        for kind in _LISTS
    ]  # fmt: skip


def _clocks(by: Actor, now: datetime) -> dict[str, Any] | None:
    """Serious events that are not classified yet, what is late first."""
    if not policies.may(by, aefi.READ):
        return None
    rows: list[_Running] = []
    found = aefi.events(by=by, open_only=True)
    for row in found:
        if not row.serious:
            continue
        for name, held in zip(
            (_("report"), _("investigation"), _("council")), aefi.clocks(row, now), strict=True
        ):
            if held is not None and not held.done:
                rows.append(_Running(row, name, held, held.late))
                break
        else:
            rows.append(_Running(row, _("conclusion"), None, False))
    rows.sort(key=lambda one: (not one.late, one.row.reported_at))
    return {"rows": rows[:SHOWN], "open": len(found)}


def _short(by: Actor, on: date) -> dict[str, Any] | None:
    """What lies under its least level, by unit: the one with the most of it first."""
    if not policies.may(by, supply.READ):
        return None
    found = [row for row in supply.orders(by=by, on=on) if row.on_hand < row.least]
    units: dict[UUID, list[supply.OrderRow]] = {}
    for row in found:
        units.setdefault(row.unit, []).append(row)
    ordered = sorted(units.values(), key=lambda rows: (-len(rows), rows[0].unit_name))
    return {
        "units": [
            {
                "name": rows[0].unit_name, "count": len(rows),
                "href": f"{reverse('stock-orders')}?unit={rows[0].unit}&due=1",
                "items": ", ".join(stock_words.item(row.item) for row in rows[:NAMED]),
                "more": max(0, len(rows) - NAMED),
            }
            for rows in ordered[:SHOWN]
        ],
        "count": len(found), "unit_count": len(units),
    }  # fmt: skip


def _cold(by: Actor, on: date, now: datetime) -> dict[str, Any] | None:
    """Watched equipment that nobody has read for a day, and excursions that wait for a decision."""
    if not policies.may(by, supply.COLD):
        return None
    watched = [
        row for row in supply.equipment(by=by, on=on) if row.watched and row.state == "working"
    ]
    gaps = [row for row in watched if row.last_at is None or now - row.last_at > UNREAD]
    waiting = supply.excursions(by=by, on=on, state="open")
    return {
        "gaps": gaps[:SHOWN], "gap_count": len(gaps), "watched": len(watched),
        "waiting": waiting[:SHOWN], "waiting_count": len(waiting),
    }  # fmt: skip


def _coverage(by: Actor, on: date) -> dict[str, Any] | None:
    """The headline of the cohort that turned one last, and the places that fall short."""
    year = on.year - 1
    first, last = date(year, 1, 1), date(year, 12, 31)
    found = queries.spread(by=by, code=FULL, first=first, last=last, on=on)
    if found.share is None:
        return None
    villages = len(found.places) < 2
    if villages:
        found = queries.spread(by=by, code=FULL, first=first, last=last, on=on, villages=True)
    target = programme.targets(on).get(FULL)
    below = sorted(
        (one for one in found.places if target is not None and 100 * one.share < target),
        key=lambda one: (one.chance, one.name),
    )
    return {
        "year": str(year), "share": found.share, "target": target, "eligible": found.eligible,
        "below_target": target is not None and 100 * (found.share or 0) < target,
        "villages": villages, "below": below[:SHOWN], "below_count": len(below),
        "places": len(found.places),
        "beyond": sum(one.verdict == "short" for one in found.places),
    }  # fmt: skip


def _rooms(by: Actor) -> list[tuple[str, str]]:
    """The other pages of the room that the reader may open."""
    known = (
        ("planner", _("Microplan"), "immunization.session.read"),
        ("school-check", _("School entry"), DOSES),
        ("campaign-days", _("Campaign days"), sessions.READ),
        ("lot-holds", _("Suspended lots"), aefi.READ),
        ("packs", _("Immunisation schedules"), READ),
    )
    return [(reverse(name), label) for name, label, right in known if policies.may(by, right)]
