"""The surge roster, and drawing people from it for an outbreak: with what each leaves uncovered."""

from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.immunization.queries import sessions as immunization
from tuyen.apps.surveillance import queries as surveillance
from tuyen.apps.workforce import queries
from tuyen.apps.workforce.operations import DrawMember, ReleaseMember, SetSurge
from tuyen.rules import workforce as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.workforce import forms, point_duty, words, words_roster
from tuyen.web.workforce.views_staff import tabs

PLAN = queries.PLAN
DAYS = 14


@screen(right=PLAN)
@require_http_methods(["GET", "POST"])
def surge(request: ActorRequest) -> HttpResponse:
    """Who can be drawn, by skill; who is drawn now."""
    by, on = request.actor, clock.today()
    skill = request.GET.get("skill", "")
    problems: list[str] = []
    if request.method == "POST":
        problems = _release(request) if request.POST.get("form") == "release" else _keep(request)
        if not problems:
            messages.success(request, _("It is kept."))
            return redirect("surge")
    rows = queries.surge(by=by, on=on, skill=skill)
    people: list[tuple[UUID, str]] = []
    if policies.may(by, queries.READ):
        listed = {row.member for row in rows}
        staff = queries.staff(by=by, on=on, size=2000)
        people = [
            (row.id, f"{row.name} · {row.unit_name}") for row in staff.rows if row.id not in listed
        ]
    context = {
        "rows": [_row(row, on) for row in rows], "skill": skill, "problems": problems, "people": people[:500],
        "skills": [(key, words_roster.skill(key, on)) for key in rules.surge_skills(on)],
        "draws": [_draw(row) for row in queries.draws(by=by, on=on)], "as_of": clock.now(), "tabs": tabs(request),
        "term": rules.surge_days(on), "given": request.POST, "today": on,
        "ready": sum(row.ready and not row.stale for row in rows),
    }  # fmt: skip
    return render(request, "workforce/surge.html", context, status=422 if problems else 200)


def _row(row: queries.SurgeRow, on: date) -> dict[str, Any]:
    return {
        "row": row, "cadre": words.named("cadre", row.cadre),
        "skills": ", ".join(words_roster.skill(key, on) for key in row.skills),
    }  # fmt: skip


def _draw(row: queries.DrawRow) -> dict[str, Any]:
    return {"row": row, "work": words_roster.work(f"{row.group}-{row.work}")}


def _keep(request: ActorRequest) -> list[str]:
    given = request.POST
    member = words.as_uuid(given.get("member", ""))
    file = queries.file(by=request.actor, id=member, on=clock.today()) if member else None
    if file is None:
        return [_("Choose who.")]
    try:
        contact = forms.phone({"phone": given.get("contact", "")}) or file.phone
    except forms.Wrong as wrong:
        return [str(wrong)]
    payload = SetSurge(
        member=file.id,
        skills=tuple(given.getlist("skill"))[:12],
        contact=contact,
        ready=given.get("ready", "yes") == "yes",
    )
    return forms.send(request, (payload, file.unit))


def _release(request: ActorRequest, subject: UUID | None = None) -> list[str]:
    given = request.POST
    wanted = words.as_uuid(given.get("draw", ""))
    rows = queries.draws(by=request.actor, on=clock.today(), subject=subject)
    row = next((one for one in rows if one.id == wanted and one.may_release), None)
    if row is None:
        return [_("There is nobody drawn here whom you may release.")]
    try:
        until = forms.day(given.get("until", ""), _("First day without them"))
    except forms.Wrong as wrong:
        return [str(wrong)]
    payload = ReleaseMember(
        draw=row.id, until=until or clock.today(), note=forms.said(given, "note")
    )
    return forms.send(request, (payload, row.unit))


@screen(right=PLAN)
@require_http_methods(["GET", "POST"])
def draw(request: ActorRequest, id: UUID) -> HttpResponse:
    """People for an outbreak: who can go on these days, who leaves least, and what each leaves uncovered."""
    by, on = request.actor, clock.today()
    found = surveillance.outbreak(by=by, id=id)
    if found is None:
        raise Http404
    given = request.POST if request.method == "POST" else request.GET
    problems: list[str] = []
    since, until = on + timedelta(days=1), on + timedelta(days=1 + DAYS)
    try:
        since = forms.day(given.get("since", ""), _("From"), needed=False) or since
        until = forms.day(
            given.get("until", ""), _("Until before"), needed=False
        ) or since + timedelta(days=DAYS)
    except forms.Wrong as wrong:
        problems = [str(wrong)]
    if until <= since:
        problems, until = [_("The last day lies before the first.")], since + timedelta(days=1)
    skill = given.get("skill", "")
    rows = queries.candidates(by=by, on=on, since=since, until=until, skill=skill)
    left = _left(request, rows, since, until)
    rows = sorted(rows, key=left.burden)
    if request.method == "POST" and not problems:
        problems = (
            _release(request, id)
            if given.get("form") == "release"
            else _send(request, id, rows, left, since, until)
        )
        if not problems:
            return redirect(
                f"{reverse('draw', args=[id])}?since={since:%d/%m/%Y}&until={until:%d/%m/%Y}&skill={skill}"
            )
    context = {
        "row": found.row, "rows": [_candidate(one, left, on) for one in rows[:60]], "all": len(rows), "problems": problems,
        "since": since, "until": until, "skill": skill, "given": given, "as_of": clock.now(),
        "skills": [(key, words_roster.skill(key, on)) for key in rules.surge_skills(on)],
        "works": [(key, words_roster.WORK[key]) for key in ("direct", "support", "volunteer", "information")],
        "group": given.get("group") or (found.row.group or "a").lower(),
        "draws": [_draw(one) for one in queries.draws(by=by, on=on, subject=id)],
        "trail": [(_("Outbreaks"), reverse("outbreaks")), (found.row.title, reverse("outbreak", args=[id])), (_("People for an outbreak"), None)],
    }  # fmt: skip
    return render(request, "workforce/draw.html", context, status=422 if problems else 200)


def _sessions(request: ActorRequest, since: date, until: date) -> dict[UUID, list[date]] | None:
    """Unit -> days of vaccination sessions; None where the reader's post does not open them."""
    if not policies.may(request.actor, immunization.READ):
        return None
    held: dict[UUID, list[date]] = {}
    rows = immunization.sessions(
        by=request.actor, first=since, last=until - timedelta(days=1), limit=1000
    )
    for row in rows:
        held.setdefault(row.unit, []).append(row.day)
    return held


class _Left(NamedTuple):
    """What other rooms lose with people: unit -> days of vaccination sessions, None where the reader's post
    does not open them; member -> days at satellite points."""

    sessions: dict[UUID, list[date]] | None
    points: dict[UUID, list[point_duty.AtPoint]]

    def burden(self, one: queries.Drawable) -> tuple[bool, bool, int]:
        """Who leaves less uncovered comes first, days at points counted beside duties; the order of those
        who leave as much is that of the question."""
        return (
            bool(one.away),
            one.row.stale,
            len(one.lacks) + len(self.points.get(one.row.member, ())),
        )


def _left(request: ActorRequest, rows: list[queries.Drawable], since: date, until: date) -> _Left:
    return _Left(
        _sessions(request, since, until), point_duty.of_candidates(request, rows, since, until)
    )


def _candidate(one: queries.Drawable, left: _Left, on: date) -> dict[str, Any]:
    sessions = (left.sessions or {}).get(one.row.unit, [])
    told = words_roster.lacks(one, on) + point_duty.lost(left.points.get(one.row.member, ()))
    if sessions:
        told.append(
            _("vaccination sessions of the unit on {days}: one person fewer").format(
                days=words_roster.days(set(sessions))
            )
        )
    sole = [words_roster.asked(key, one.row.type, on) for key in one.sole]
    return {
        **_row(one.row, on), "one": one, "told": told, "sole": ", ".join(sole),
        "away": [(a, b, words_roster.leave("drawn" if kind == "drawn" else "away", on)) for a, b, kind in one.away],
        "duties": len([1 for _day, kind in one.duties if not rules.shifts(on)[kind].implied]) if one.duties else 0,
        "unplanned": ", ".join(f"{month:%m/%Y}" for month in one.unplanned),
    }  # fmt: skip


def _send(
    request: ActorRequest,
    id: UUID,
    rows: list[queries.Drawable],
    left: _Left,
    since: date,
    until: date,
) -> list[str]:
    """Draw those who are ticked, each with what was told of what they leave."""
    given, on = request.POST, clock.today()
    ticked = set(given.getlist("take"))
    chosen = [one for one in rows if str(one.row.member) in ticked]
    group, work = given.get("group", ""), given.get("work", "")
    if not chosen or group not in ("a", "b", "c") or work not in words_roster.WORK:
        return [_("Tick who is drawn; the list may have changed since.")]
    sent: list[Any] = [
        (DrawMember(
            member=one.row.member, subject=id, since=since, until=until, group=group, work=work,  # type: ignore[arg-type]
            emergency=bool(given.get("emergency")), left="; ".join(_candidate(one, left, on)["told"])[:2000],
        ), one.row.unit)
        for one in chosen
    ]  # fmt: skip
    problems = forms.send(request, *sent)
    done = len(sent) - len(problems)
    if done:
        messages.success(
            request, ngettext("{n} person is drawn.", "{n} people are drawn.", done).format(n=done)
        )
    return problems
