"""A visit as it stands: what was done, what is dangerous, where it counts, how it was corrected."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock, policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.services import record_readings
from tuyen.apps.claims import queries as claims
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import Content
from tuyen.apps.clinical.queries import VisitFacts
from tuyen.apps.registry import queries as registry
from tuyen.rules.clinical import sensitive
from tuyen.web.access import ActorRequest, screen
from tuyen.web.claims import words as claim_words
from tuyen.web.clinical import book_cells, proposals, start
from tuyen.web.clinical import visit_words as words
from tuyen.web.clinical.cells import Typed
from tuyen.web.clinical.reading import texts
from tuyen.web.registry.lines import line
from tuyen.web.templatetags.figures import day, moment

READ, RECORD = queries.READ, queries.RECORD
VISIT, APART = "clinical.visit", "clinical.visit.sensitive"
GROWN = 40 * 12  # months: how old somebody is taken to be whose birth is withheld
CLAIMS = "claims.claim.read"
BACK = ("op", "on", "from_name", "diagnosis", "text", "treatment")


@screen(right=READ)
@never_cache
@require_GET
def visit(request: ActorRequest, id: UUID) -> HttpResponse:
    """One visit. That it was opened is written down, and what stands apart besides."""
    return show(request, id)


def find(request: ActorRequest, id: UUID) -> VisitFacts:
    """A visit that the reader may read; that it was opened is written down."""
    by, now = request.actor, clock.now()
    facts = queries.visit(by=by, id=id)
    if facts is None:
        raise Http404
    subject = APART if facts.opened else VISIT
    record_readings(by=by, subject=subject, ids=[facts.row.person], at=now)
    return facts


def show(request: ActorRequest, id: UUID, back: Typed | None = None) -> HttpResponse:
    """The page of a visit; ``back`` is a return note that could not be saved."""
    by, facts = request.actor, find(request, id)
    row, content, on = facts.row, facts.content, facts.row.day
    person = registry.people(by=by, ids=[row.person]).get(row.person)
    name = person.name if person else _("Name withheld")
    summary = reverse("care-person", args=[row.person]) if person else None
    may = policies.may(by, RECORD, row.unit)
    months = start.months(person.born_on, on) if person else GROWN
    told = [(one.what, one.value) for one in content.measured]
    dangers = words.dangers(told, months=months) if row.state == "live" else []
    bad = {one["what"]: "bad" for one in dangers}
    context: dict[str, Any] = {
        "visit": {"day": on, "live": row.state == "live", "void_reason": row.void_reason},
        "row": line(person, on) if person else None, "name": name, "as_of": clock.now(),
        "lead": f"{words.setting(row.setting)} · {words.care_name(row.care)}",
        "trail": [(_("Care today"), reverse("care")), (name, summary), (day(on), None)],
        "critical": dangers, "fresh": "saved" in request.GET, "notes": [],
        "facts": facts_of(facts), "measured": words.shown(
            ((w, v, None) for w, v in told), tones=bad),
        "drugs": _drugs(content), "served": [
            {"name": words.service(one.code, on), "quantity": texts(one.quantity), "result": one.result}
            for one in content.served
        ],
        "withheld": row.apart and not facts.opened, "here": request.path,
        "card": _card(by, facts),
        "claim": _claim(by, facts), "may_record": may, "counts": _counts(by, facts),
        "proposed": proposals.of_visit(by, facts, person) if may else [], "prints": _prints(facts),
        "referral": _referral(facts), "changes": _changes(by, facts) if may else [],
        "back": {"form": back or Typed(BACK, {}, {"op": ""}), "faults": back is not None},
        "amend_href": reverse("visit-amend", args=[id]), "void_href": reverse("visit-void", args=[id]),
        "return_href": reverse("visit-return", args=[id]),
        "papers_href": reverse("visit-papers", args=[id]),
    }  # fmt: skip
    return render(request, "clinical/visit.html", context, status=422 if back else 200)


def may_show(item: str, opened: bool) -> bool:
    """Whether a medicine may be named beside a visit: one that tells its taker only where the visit is
    open."""
    return opened or not sensitive.item_apart(item)


def facts_of(facts: VisitFacts) -> list[tuple[str, Any]]:
    """A visit as a list of facts."""
    row, content = facts.row, facts.content
    main = [words.diagnosis(one.code) + (f" ({words.CERTAINTY['suspected']})"
            if one.certainty == "suspected" else "") + (f" · {one.traditional}" if one.traditional else "")
            for one in sorted(content.diagnosed, key=lambda one: not one.main)]  # fmt: skip
    told: list[tuple[str, Any]] = [
        (_("Began"), moment(row.began_at)),
        (_("Number of the day"), row.seq),
        (_("Diagnoses"), "; ".join(main) or None),
        (_("Complaint"), content.reason),
        (_("Course and findings"), content.course),
        (_("Follow-up"), "; ".join(book_cells.answered(content))),
        (_("Advice"), content.advice),
        (_("Next visit"), day(row.next_on) if row.next_on else _("none agreed")),
        (_("How it ended"), words.outcome(content.outcome) if content.outcome else None),
        (_("How the person left"), words.leaving(content.leaving) if content.leaving else None),
        (_("Papers"), "; ".join(paper_names(content)) or None),
        (_("Who pays"), " ".join(filter(None, (
            words.payer(row.payer), registry.masked(row.card) if row.card else "")))),
        (_("Class of attendance"), words.attendance(row.attendance, row.day)),
        (_("Practising licence"), row.practitioner),
        (_("Unit"), registry.atlas().full_name(row.unit, row.day)),
    ]  # fmt: skip
    return [(label, value) for label, value in told if value not in ("", None)]


def paper_names(content: Content) -> list[str]:
    """The papers that a visit gave out, with their numbers."""
    return [
        f"{words.paper(one.what)} {one.fields.get('number', '')}".strip() for one in content.papers
    ]


def before_after(before: Content, after: Content) -> list[tuple[str, str | None, str | None]]:
    """What a correction changed, part by part."""
    rows = []
    for label, told in (
        (_("Began"), lambda c: moment(c.began_at)),
        (_("Measurements"), lambda c: "; ".join(
            f"{one.name} {one.value}" for one in words.shown((m.what, m.value, None) for m in c.measured))),
        (_("Diagnoses"), lambda c: "; ".join(words.diagnosis(one.code) for one in c.diagnosed)),
        (_("Drugs"), lambda c: "; ".join(
            f"{words.item(one.item)}: {words.drug(one)}" for one in c.prescribed)),
        (_("Given here"), lambda c: "; ".join(
            f"{words.item(one.item)} {texts(one.quantity)}" for one in c.dispensed)),
        (_("Services"), lambda c: "; ".join(
            f"{words.service(one.code, words.local_day(c.began_at))} {one.result}" for one in c.served)),
        (_("Complaint"), lambda c: c.reason), (_("Course and findings"), lambda c: c.course),
        (_("Advice"), lambda c: c.advice),
        (_("Referral"), lambda c: f"{c.referred.to_name} {c.referred.reason}".strip() if c.referred else ""),
        (_("Next visit"), lambda c: day(c.next.on) if c.next else ""),
        (_("Who pays"), lambda c: words.payer(c.payer)),
        (_("Insurance card"), lambda c: registry.masked(c.card)),
        (_("Kind of care"), lambda c: words.care_name(c.care)),
        (_("Class of attendance"), lambda c: c.attendance),
        (_("Place of the visit"), lambda c: words.setting(c.setting)),
        (_("How it ended"), lambda c: words.outcome(c.outcome)),
        (_("How the person left"), lambda c: words.leaving(c.leaving) if c.leaving else ""),
        (_("Papers"), lambda c: "; ".join(paper_names(c))),
        (_("Follow-up"), lambda c: "; ".join(book_cells.answered(c))),
    ):  # fmt: skip
        one, other = told(before), told(after)
        if one != other:
            rows.append((str(label), one or None, other or None))
    return rows


def _changes(by: Actor, facts: VisitFacts) -> list[dict[str, Any]]:
    """Every correction, the newest first, with what stood before and after it."""
    steps = queries.history(by=by, id=facts.row.id)
    who = access.names({step.author for step in steps if step.author})
    after, found = facts.content, []
    for step in reversed(steps):
        rows = before_after(step.content, after) if step.what == "amended" else []
        if step.what == "voided":
            rows = [(_("State"), _("in force"), _("void"))]
        found.append({
            "at": step.at, "reason": step.reason, "rows": rows,
            "who": who.get(step.author, "–") if step.author else "–",
        })  # fmt: skip
        after = step.content
    return [one for one in found if one["rows"]]


def _drugs(content: Content) -> list[dict[str, Any]]:
    """What was prescribed and what of it was handed out; then what was handed out besides."""
    given: dict[str, Any] = {}
    for one in content.dispensed:
        given[one.item] = given.get(one.item, 0) + one.quantity
    rows = [
        {"name": words.item(one.item), "how": words.drug(one), "quantity": texts(one.quantity),
         "given": texts(given.pop(one.item, None)) or _("not given here"), "note": one.note,
         "despite": one.despite}
        for one in content.prescribed
    ]  # fmt: skip
    return rows + [
        {"name": words.item(item), "how": "–", "quantity": "–", "given": texts(n), "note": ""}
        for item, n in given.items()
    ]


def _referral(facts: VisitFacts) -> dict[str, Any] | None:
    sent = facts.content.referred
    if sent is None:
        return None
    place = registry.atlas().full_name(sent.to, facts.row.day) if sent.to else ""
    told = [
        (_("To"), place or sent.to_name), (_("Why"), sent.reason),
        (_("Urgent"), _("yes") if sent.urgent else ""), (_("Findings"), sent.findings),
        (_("Treatment given"), sent.treatment),
    ]  # fmt: skip
    note = facts.returned
    back = [
        (_("Day of the note"), day(note.on)), (_("From"), note.from_name),
        (_("Diagnosis"), note.diagnosis), (_("What they found"), note.text),
        (_("Treatment to go on with"), note.treatment),
    ] if note else []  # fmt: skip
    return {"facts": [pair for pair in told if pair[1]], "returned": [p for p in back if p[1]]}


FOUND = 6
"""Findings that are shown beside a visit; the claim has the rest."""


def _claim(by: Actor, facts: VisitFacts) -> dict[str, Any] | None:
    """What is found in the claim of a visit as it stands, each with the page where it is mended; None
    where the reader may read no claim."""
    row = facts.row
    if row.state != "live" or not policies.may(by, CLAIMS, row.unit):
        return None
    found = claims.preview(by=by, visit=row.id, on=row.day)
    if found is None:
        return None
    told, missing = found
    lines = []
    for gap in missing:
        where, href = claim_words.place(gap.where, visit=row.id, person=row.person, unit=row.unit)
        said = _("{key} does not stand in the {where}").format(key=gap.key, where=where)
        lines.append({"said": said, "href": href, "where": where, "error": True})
    for one in sorted(told, key=lambda each: each.finding.severity != "error"):
        where, href = claim_words.place(one.where, visit=row.id, person=row.person, unit=row.unit)
        if one.where == "visit":
            href = reverse("visit-amend", args=[row.id])
        cell = " · ".join(filter(None, (one.finding.table, one.finding.field, one.finding.value)))
        lines.append({"said": f"{one.said(claim_words.spoken())} ({cell})", "href": href, "where": where,
                      "error": one.finding.severity == "error"})  # fmt: skip
    return {
        "lines": lines[:FOUND], "more": max(0, len(lines) - FOUND),
        "errors": sum(line["error"] for line in lines), "href": route("claim", row.id),
    }  # fmt: skip


def _card(by: Actor, facts: VisitFacts) -> dict[str, str] | None:
    """Whether the portal has confirmed the card of a visit, with its evidence; None where no card is
    asked about or the reader may read no claim."""
    row = facts.row
    if row.state != "live" or row.payer != "insurance" or not policies.may(by, CLAIMS, row.unit):
        return None
    code = claims.entitlement(by=by, visit=row.id)
    if not code:
        return None
    said, tone = claim_words.entitlement(code)
    href = route("claim-card", row.id) if policies.may(by, claims.PREPARE, row.unit) else None
    return {"said": said, "tone": tone, "href": href or ""}


def _counts(by: Actor, facts: VisitFacts) -> list[tuple[str, str]]:
    """Where this one entry is counted, so that nobody writes it a second time."""
    if facts.row.state != "live":
        return []
    found = [
        (_("Book of visits (A1)"), "clinical.visit.read", "care-books"),
        (_("Registers of the programmes"), "clinical.visit.read", "programmes"),
        (_("Stock of medicines"), "supply.stock.read", "medicines"),
        (_("Insurance claim and health book"), "claims.claim.read", "claims"),
    ]
    return [
        (label, (route(name) if policies.may(by, right) else None) or "")
        for label, right, name in found
    ]


def _prints(facts: VisitFacts) -> list[tuple[str, str]]:
    """The slips that this visit gives."""
    content = facts.content
    known = (
        (_("Print the prescription"), "prescription", bool(content.prescribed)),
        (_("Print the appointment"), "appointment", content.next is not None),
        (_("Print the referral"), "referral", content.referred is not None),
        (_("Print the summary"), "summary", not content.prescribed),
    )
    return [
        (label, reverse("care-print", args=[facts.row.id, what]))
        for label, what, there in known
        if there and facts.row.state == "live"
    ]


def route(name: str, *args: Any) -> str | None:
    """The address of a page of a neighbour, where it is there."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return None
