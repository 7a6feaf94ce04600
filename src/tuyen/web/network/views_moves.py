"""What moves with a plan: posts, equipment and functions, where to, and whether it is there."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.network import moving, planned, queries
from tuyen.apps.network.operations import Move, SettleMoves
from tuyen.apps.registry import queries as registry
from tuyen.web.access import ActorRequest, screen
from tuyen.web.network import words
from tuyen.web.network.beside import SERVICE
from tuyen.web.network.moved import name_of
from tuyen.web.network.sending import send
from tuyen.web.network.views_decide import page_of
from tuyen.web.network.views_plans import EDIT, READ, trail


@screen(right=READ)
@require_http_methods(["GET", "POST"])
def moves(request: ActorRequest, id: UUID) -> HttpResponse:
    """The list to hand over, settled line by line."""
    page = page_of(request, id)
    open_ = page.row.state in ("draft", "waits")
    may = open_ and policies.may(request.actor, EDIT, page.row.unit)
    found = queries.moves(by=request.actor, id=id)
    problems: list[str] = []
    if request.method == "POST":
        said = SettleMoves(plan=id, moves=tuple(_move(request, line) for line in found))
        problems = send(request, said, page.row.unit)[1] if may else [
            _("Your post does not write here.")]  # fmt: skip
        if not problems:
            messages.success(request, _("It is kept."))
            return redirect("network-moves", id=id)
    atlas, day = registry.atlas(), page.plan.day
    homes = planned.communes_after(page.plan)
    groups: dict[UUID, list[dict[str, Any]]] = {}
    for line in found:
        groups.setdefault(line.site, []).append({
            "line": line, "name": name_of(line),
            "choices": [(other, atlas.full_name(other, day), other == line.to)
                        for other in page.plan.sites
                        if other != line.site and homes.get(other) == homes.get(line.site)
                        and page.plan.sites[other].kind in moving.STAYS],
        })  # fmt: skip
    context = {
        "page": page, "row": page.row, "may": may, "problems": problems, "as_of": clock.now(),
        "groups": [(atlas.full_name(site, day), words.KIND[page.plan.sites[site].kind], lines)
                   for site, lines in groups.items()],
        "functions": [(atlas.full_name(one.site, day), SERVICE.get(one.function, one.function),
                       atlas.full_name(one.to, day) if one.to else "–") for one in moving.functions(page.plan)],
        "settled": sum(line.kept for line in found), "lines": len(found),
        "done": sum(bool(line.kept and line.done) for line in found),
        "trail": trail(page, _("What moves")),
    }  # fmt: skip
    return render(request, "network/moves.html", context, status=422 if problems else 200)


def _move(request: ActorRequest, line: queries.MoveLine) -> Move:
    to = words.as_uuid(request.POST.get(line.key, str(line.to or "")))
    what = str(line.piece) if line.piece else line.what or "-"
    return Move(site=line.site, kind=line.kind, what=what, number=line.number,  # type: ignore[arg-type]
                had=line.number, to=to)  # fmt: skip
