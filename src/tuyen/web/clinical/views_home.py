"""The station's day: who came, who is expected, and what waits. Each part leads to its rows."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock, policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.services import record_search
from tuyen.apps.clinical import queries
from tuyen.apps.registry import queries as registry
from tuyen.web.access import ActorRequest, screen
from tuyen.web.clinical import home_cards
from tuyen.web.clinical import visit_words as words
from tuyen.web.clinical.views_shown import route
from tuyen.web.templatetags.figures import number

READ, RECORD = queries.READ, queries.RECORD
CAME, NAMED = 12, 10


@screen(right=READ)
@never_cache
@require_GET
def home(request: ActorRequest) -> HttpResponse:
    """The day of the reader's unit. Those who are named on it are written down as seen."""
    by, on, now = request.actor, clock.today(), clock.now()
    unit = unit_of(by)
    rows = queries.day(by=by, unit=unit, on=on) if unit else []
    near = queries.expected(by=by, unit=unit, around=on) if unit else []
    here = {row.person for row in rows}
    due = [one for one in near if one.next_on == on and one.person not in here]
    named = [*(row.person for row in rows[-CAME:]), *(one.person for one in due[:NAMED])]
    people = registry.people(by=by, ids=set(named)) if named else {}
    cards = home_cards.cards(by, unit, on)
    seen = [*people, *(id for one in cards for id in one.get("people", ()))]
    record_search(by=by, subject="clinical.visit", ids=seen, at=now)
    facts = {one.row.id: one for one in queries.visit_facts(
        by=by, ids=[row.id for row in rows[-CAME:]])} if rows else {}  # fmt: skip
    may = unit is not None and policies.may(by, RECORD, unit)
    context = {
        "station": registry.atlas().full_name(unit, on) if unit else "", "as_of": now,
        "may_record": may, "scan_focus": True, "came_count": len(rows),
        "came": [_came(row, facts.get(row.id), people) for row in reversed(rows[-CAME:])],
        "expected_count": len(due), "expected": [_due(one, people, may) for one in due[:NAMED]],
        "stats": [
            {"label": _("Came today"), "value": number(len(rows)), "href": "#came"},
            {"label": _("Expected, not here yet"), "value": number(len(due)), "href": "#expected"},
            *({"label": one["title"], "value": number(one["count"]), "href": one["more"] or f"#{one['key']}"}
              for one in cards),
        ],
        "cards": cards, "rooms": _rooms(by),
    }  # fmt: skip
    return render(request, "clinical/home.html", context)


def unit_of(by: Actor) -> UUID | None:
    """The reader's own unit: of the first post that records, else of the first that reads."""
    for right in (RECORD, READ):
        for post in by.posts:
            if policies.may(by, right, post.unit):
                return post.unit
    return None


def _came(row: Any, facts: Any, people: dict[UUID, Any]) -> dict[str, Any]:
    person = people.get(row.person)
    told = [(one.what, one.value) for one in facts.content.measured] if facts else []
    bad = (
        words.dangers(told, months=40 * 12)
        if person is None or row.day.year - person.born_on.year > 18
        else []
    )
    return {
        "at": row.began_at, "name": person.name if person else _("Name withheld"),
        "href": reverse("visit", args=[row.id]), "said": words.in_short(facts.content) if facts else "",
        "badge": bad[0]["words"] if bad else _("referred") if row.referral == "sent" else "",
        "tone": "bad" if bad else "calm" if row.referral == "sent" else "",
    }  # fmt: skip


def _due(one: Any, people: dict[UUID, Any], may: bool) -> dict[str, Any]:
    person = people.get(one.person)
    name = "visit-new" if may else "care-person"
    return {
        "name": person.name if person else _("Name withheld"),
        "href": reverse(name, args=[one.person]),
        "said": " · ".join(filter(None, (
            words.diagnosis(one.main) if one.main else "",
            _("last came {day}").format(day=f"{one.day:%d/%m/%Y}"),
            (person.village or person.commune) if person else "",
        ))),
    }  # fmt: skip


def _rooms(by: Actor) -> list[tuple[str, str]]:
    """The other pages of the room that the reader may open."""
    known = (
        ("care-referrals", _("Referrals"), READ), ("care-comings", _("Sent here by others"), READ),
        ("overdue", _("Overdue"), READ),
        ("programmes", _("Programmes"), READ), ("pregnancies", _("Pregnancies"), READ),
        ("births", _("Births"), READ), ("growth", pgettext("child", "Growth"), READ),
        ("care-deaths", _("Deaths"), READ),
        ("care-talks", _("Health education"), READ),
        ("care-books", _("Books and closing of the month"), READ),
    )  # fmt: skip
    return [
        (href, label) for name, label, right in known
        if policies.may(by, right) and (href := route(name))
    ]  # fmt: skip
