"""Mothers after a birth, and mothers who died."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import (
    ReviewMaternalDeath,
)
from tuyen.apps.clinical.queries import mother_figures, mothers
from tuyen.rules.clinical import pregnancy as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.clinical import care_sending as sending
from tuyen.web.clinical.care_pages import (
    Asked,
    Cell,
    Form,
    Page,
    Table,
    joined,
    options,
    show,
)
from tuyen.web.clinical.views_pregnancies import one_of, tabs
from tuyen.web.templatetags.figures import day as shown_day


@screen(right=queries.READ)
@never_cache
@require_GET
def after_birth(request: ActorRequest) -> HttpResponse:
    """Mothers within 42 days after a birth, those who are late first."""
    on = clock.today()
    rows = mothers.mothers(by=request.actor, on=on)
    sending.seen(request, [row.person for row in rows])
    signs = rules.words("words")
    lines = []
    for row in rows:
        late, last = row.standing.late_days, row.contacts[-1].signs if row.contacts else ()
        nxt = row.standing.next
        due = Cell(ngettext("{n} day late", "{n} days late", late).format(n=late), tone="warn") if late else (
            shown_day(nxt.due) if nxt else "–")  # fmt: skip
        lines.append((
            Cell(row.name or _("Name not shown"), reverse("birth", args=[row.delivery])), shown_day(row.on),
            f"{row.standing.done}/{len(row.standing.places)}", due,
            Cell(joined(sending.word(signs, key) for key in last), tone="bad") if last else "–", row.village,
        ))  # fmt: skip
    table = Table(
        title=_("Mothers within 42 days"), rows=lines,
        columns=(_("Name"), _("Birth"), _("Visits of care"), _("Next contact"), _("Danger signs"), _("Village")),
        empty=(_("Nobody gave birth in the last 42 days"), _("A birth that is recorded puts the mother here.")),
    )  # fmt: skip
    return show(request, Page(title=_("After birth"), parts=[table], tabs=tabs(), tab="mothers",
                              lead=_("First day, first week, six weeks.")))  # fmt: skip


@screen(right=queries.READ)
@never_cache
@require_http_methods(["GET", "POST"])
def deaths(request: ActorRequest) -> HttpResponse:
    """Women who died pregnant or within 42 days after, of three years; every one is audited."""
    on = clock.today()
    rows = mother_figures.maternal_deaths(
        by=request.actor, first=on.replace(year=on.year - 3, day=1), last=on
    )
    sending.seen(request, [row.person for row in rows])
    kinds, may = sending.words(rules.choices("death_class")), sending.may_record(request)
    waiting = [row for row in rows if row.reviewed_on is None]
    problems: list[str] = []
    if request.method == "POST" and may:
        given = request.POST
        chosen = next((row for row in waiting if str(row.person) == given.get("person")), None)
        findings = given.get("findings", "").strip()[:4000]
        if chosen is None or len(findings) < 10:
            problems = [_("Choose who died, and write what was found in at least ten letters.")]
        else:
            problems = sending.send(request, [ReviewMaternalDeath(
                person=chosen.person, kind=one_of(given.get("kind", ""), kinds, "unknown"),  # type: ignore[arg-type]
                findings=findings, actions=given.get("actions", "").strip()[:4000],
            )], sending.own_unit(request, chosen.unit))  # fmt: skip
        if not problems:
            messages.success(request, _("It is kept."))
            return redirect("maternal-deaths")
    table = Table(
        title=_("Mothers who died"), columns=(_("Name"), _("Died"), _("Days after the end"), _("Audit")),
        rows=[(Cell(row.name or _("Name not shown")), shown_day(row.died_on),
               _("pregnant") if row.days_after is None else str(row.days_after),
               Cell(_("to be audited"), tone="bad") if row.reviewed_on is None else
               Cell(kinds.get(row.kind, row.kind), under=shown_day(row.reviewed_on))) for row in rows],
        empty=(_("No mother died in three years"), _("A death on record while pregnant, or within 42 days after,"
                                                     " stands here by itself.")),
    )  # fmt: skip
    parts: list[object] = [table]
    if waiting and may:
        parts.append(Form(title=_("Audit"), act="review", send=_("Keep it"), fields=[
            Asked(name="person", label=_("Who died"), kind="select",
                  options=[(str(row.person), row.name) for row in waiting]),
            Asked(name="kind", label=_("Kind of cause"), kind="select", options=options(kinds)),
            Asked(name="findings", label=_("What was found"), kind="area", needed=True),
            Asked(name="actions", label=_("What is done about it"), kind="area"),
        ]))  # fmt: skip
    return show(request, Page(title=_("Mothers who died"), parts=parts, tabs=tabs(), tab="deaths",
                              problems=problems))  # fmt: skip
