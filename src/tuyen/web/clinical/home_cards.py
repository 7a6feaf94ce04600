"""What waits at a station, each part with its first rows and the way to all of them."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.claims import queries as claims
from tuyen.apps.clinical import queries
from tuyen.apps.journal import queries as journal
from tuyen.apps.registry import queries as registry
from tuyen.apps.supply import queries as supply
from tuyen.rules.clinical.programme import programmes
from tuyen.rules.supply import check_items
from tuyen.web.clinical import visit_words as words
from tuyen.web.surveillance.words import language
from tuyen.web.templatetags.figures import number

SHOWN = 5
CLAIMS = "claims.claim.read"
Card = dict[str, Any]


def cards(by: Actor, unit: UUID | None, on: date) -> list[Card]:
    """The parts that the reader may open; those whom they name stand under ``people``."""
    parts = (overdue, sent_here, referrals, stock, unsent, supervised, mending)
    found = (part(by, unit, on) for part in parts)
    return [one for one in found if one is not None]


def overdue(by: Actor, unit: UUID | None, on: date) -> Card | None:
    """Who should have come and did not, the greatest risk first."""
    if unit is None:
        return None
    page = queries.overdue(by=by, on=on, unit=unit, size=SHOWN)
    held = programmes()
    rows = [
        {
            "name": one.name or _("Name withheld"), "href": reverse("care-person", args=[one.person]),
            "badge": _("{n} days late").format(n=one.late_days),
            "tone": "bad" if one.step_do == "refer" else "warn",
            "said": " · ".join(filter(None, (
                held[one.programme].names.of(language()) if one.programme in held else "",
                one.village or one.commune, one.phone))),
        }
        for one in page.rows
    ]  # fmt: skip
    return {
        "key": "overdue", "title": _("Overdue"), "count": page.total, "rows": rows,
        "none": _("Everybody who is followed came in time."), "more": reverse("overdue"),
        "more_label": _("Everybody overdue"), "people": [one.person for one in page.rows],
    }  # fmt: skip


def sent_here(by: Actor, unit: UUID | None, on: date) -> Card | None:
    """Whom others referred here, and who has an appointment here that others made."""
    if unit is None:
        return None
    near = timedelta(days=7)
    found = queries.coming(by=by, unit=unit, first=on - near, last=on + near)
    if not found:
        return None
    people = registry.people(by=by, ids={one.person for one in found[:SHOWN]})
    rows = [
        {
            "name": people[one.person].name if one.person in people else _("Name withheld"),
            "href": reverse("care-coming", args=[one.id]),
            "badge": _("urgent") if one.urgent else _("today") if one.on == on else "",
            "tone": "bad" if one.urgent else "calm",
            "said": " · ".join(filter(None, (
                _("referred {day}").format(day=f"{one.on:%d/%m/%Y}") if one.kind == "referral"
                else _("appointment on {day}").format(day=f"{one.on:%d/%m/%Y}"),
                one.from_name, _("came {day}").format(day=f"{one.came:%d/%m/%Y}") if one.came else "",
            ))),
        }
        for one in found[:SHOWN]
    ]  # fmt: skip
    return {
        "key": "sent-here", "title": _("Sent here by others"), "count": len(found), "rows": rows,
        "none": "", "more": reverse("care-comings"), "more_label": _("All who are sent here"),
        "people": list(people),
    }  # fmt: skip


def referrals(by: Actor, unit: UUID | None, on: date) -> Card | None:
    """Who was sent on, and nothing came back."""
    found = queries.referrals(by=by)
    people = registry.people(by=by, ids={one.person for one in found[:SHOWN]}) if found else {}
    rows = [
        {
            "name": people[one.person].name if one.person in people else _("Name withheld"),
            "href": reverse("visit", args=[one.id]) + "#referral",
            "badge": _("urgent") if one.urgent else "", "tone": "bad",
            "said": _("sent {day}, {n} days ago").format(
                day=f"{one.day:%d/%m/%Y}", n=(on - one.day).days),
        }
        for one in found[:SHOWN]
    ]  # fmt: skip
    return {
        "key": "referrals", "title": _("Referrals without a note"), "count": len(found),
        "rows": rows, "none": _("Nobody waits for a return note."),
        "more": reverse("care-referrals"), "more_label": _("All referrals"), "people": list(people),
    }  # fmt: skip


def stock(by: Actor, unit: UUID | None, on: date) -> Card | None:
    """Medicines that are missing, will be soon, or expire."""
    if unit is None or not policies.may(by, supply.READ, unit):
        return None
    rows = []
    for one in supply.medicines(by=by, unit=unit, on=on):
        badge, said = _warned(one)
        if badge:
            rows.append({"name": words.item(one.item), "said": said, "badge": badge, "href": "",
                         "tone": "bad" if one.usable <= 0 else "warn"})  # fmt: skip
    rows.sort(key=lambda row: row["tone"])
    return {
        "key": "stock", "title": _("Medicines to look after"), "count": len(rows),
        "rows": rows[:SHOWN], "none": _("Every medicine of the list is there, for long enough."),
        "more": reverse("medicines"), "more_label": _("Medicines"),
    }  # fmt: skip


def unsent(by: Actor, unit: UUID | None, on: date) -> Card | None:
    """Claims and records of visits that have not gone to the insurer, the late ones first."""
    if not policies.may(by, CLAIMS):
        return None
    desk = claims.desk(by=by, on=on)
    told = (
        (_("late"), desk.late, "bad"), (_("due soon"), desk.soon, "warn"),
        (_("to be corrected"), desk.corrections, "warn"),
        (_("amended since"), desk.amended, "warn"), (_("waiting to be sent"), desk.outbox.files, ""),
    )  # fmt: skip
    rows = [
        {"name": number(count), "said": "", "badge": label, "tone": tone or "plain", "href": reverse("claims")}
        for label, count, tone in told if count
    ]  # fmt: skip
    return {
        "key": "unsent", "title": _("Claims not sent"), "count": desk.late + desk.soon + desk.corrections,
        "rows": rows, "none": _("No claim waits for anybody."), "more": reverse("claims"),
        "more_label": _("Claims"),
    }  # fmt: skip


def supervised(by: Actor, unit: UUID | None, on: date) -> Card | None:
    """What supervision found here and nobody has seen mended, the red and the late first."""
    if unit is None or not policies.may(by, supply.SUPERVISION, unit):
        return None
    found = supply.findings(by=by, on=on, unit=unit)
    if not found:
        return None
    rows = [
        {
            "name": _checked(one.item), "href": reverse("supervision-findings"),
            "badge": _("late") if one.late else _("red") if one.red else "",
            "tone": "bad" if one.red or one.late else "",
            "said": " · ".join(
                (one.what, one.owner, _("until {day}").format(day=f"{one.due:%d/%m/%Y}"))
            ),
        }
        for one in found[:SHOWN]
    ]  # fmt: skip
    return {
        "key": "supervised", "title": _("To be mended after supervision"), "count": len(found),
        "rows": rows, "none": "", "more": reverse("supervision-findings"),
        "more_label": _("To be mended"),
    }  # fmt: skip


def _checked(item: str) -> str:
    """What a line of the checklist is called; its key where it left the list."""
    found = check_items().get(item)
    return (found.name.get(language()) or found.name["vi"]) if found else item


def mending(by: Actor, unit: UUID | None, on: date) -> Card | None:
    """What was refused and waits to be repaired."""
    if not policies.may(by, "journal.operation.read"):
        return None
    count = journal.refused_count(by=by)
    said = ngettext("{n} entry was refused", "{n} entries were refused", count).format(n=count)
    rows = [{"name": said, "href": reverse("refused"), "badge": "",
             "said": _("Repair it or withdraw it: it is kept.")}] if count else []  # fmt: skip
    return {
        "key": "mending", "title": _("To mend"), "count": count, "rows": rows,
        "none": _("Nothing was refused."), "more": reverse("refused"), "more_label": _("Refused"),
    }  # fmt: skip


def _warned(one: Any) -> tuple[str, str]:
    """What is wrong with a medicine's stock, and how much; "" where nothing is."""
    if one.usable <= 0:
        return _("none left"), ""
    if one.band == "low":
        return _("low"), _("{n} on hand").format(n=number(one.usable))
    if one.expired:
        return _("expired"), _("{n} to set apart").format(n=number(one.expired))
    if one.critical:
        return _("expires soon"), _("{n} within three months").format(n=number(one.critical))
    return "", ""
