"""What moves with a plan: people, equipment and functions, where to, and whether it is there."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.network import moving, planned, queries
from tuyen.apps.network.operations import Move, SettleMoves
from tuyen.apps.registry import queries as registry
from tuyen.web.access import ActorRequest, screen
from tuyen.web.network import words
from tuyen.web.network.moved import name_of
from tuyen.web.network.sending import send
from tuyen.web.network.views_decide import page_of
from tuyen.web.network.views_plans import EDIT, READ, trail
from tuyen.web.registry.words import function_name
from tuyen.web.workforce.words import position

PAGE = 40
SHOW = ("", "open", "proposed", "done")
Lines = Sequence[queries.MoveLine]


@screen(right=READ)
@require_GET
def moves(request: ActorRequest, id: UUID) -> HttpResponse:
    """What moves, commune by commune, with sums; each opens to its people and pieces."""
    page = page_of(request, id)
    found = queries.moves(by=request.actor, id=id)
    given = request.GET.get("show", "")
    show = given if given in SHOW else ""
    lines = [one for one in found if not show or _state(one) == show]
    gone = [one for one in moving.functions(page.plan, request.actor.on) if not show]
    homes = planned.communes_after(page.plan)
    touched = {one.site for one in lines} | {one.site for one in gone}
    rows = [
        _row(page, commune, [one for one in lines if homes.get(one.site) == commune],
             [one for one in gone if homes.get(one.site) == commune])
        for commune in {homes[site] for site in touched if site in homes}
    ]  # fmt: skip
    rows.sort(key=lambda row: (row["name"], str(row["commune"])))
    pages = max(1, -(-len(rows) // PAGE))
    number = request.GET.get("page", "")
    at = min(max(1, int(number) if number.isdecimal() and len(number) < 6 else 1), pages)
    context = {
        "page": at, "pages": pages, "rest": f"show={show}" if show else "", "row": page.row,
        "rows": rows[(at - 1) * PAGE : at * PAGE], "show": show, "as_of": clock.now(),
        "shows": [(key, name, key == show) for key, name in _shows()],
        "settled": sum(line.kept for line in found), "lines": len(found),
        "done": sum(bool(line.kept and line.done) for line in found),
        "trail": trail(page, _("What moves")),
    }  # fmt: skip
    return render(request, "network/moves.html", context)


def _shows() -> list[tuple[str, str]]:
    return [("", _("Everything")), ("proposed", _("Proposed, not settled")),
            ("open", _("Settled, not done")), ("done", _("Done"))]  # fmt: skip


def _state(line: queries.MoveLine) -> str:
    if not line.kept:
        return "proposed"
    return "done" if line.done else "open"


def _row(
    page: queries.PlanPage, commune: UUID, lines: Lines, given_up: Sequence[moving.FunctionLine]
) -> dict[str, Any]:
    people = [one for one in lines if one.kind == "people"]
    pieces = [one for one in lines if one.kind == "equipment"]
    return {
        "commune": commune, "name": planned.commune_name(page.plan, commune),
        "sites": len({one.site for one in lines} | {one.site for one in given_up}),
        "people": sum(one.number for one in people), "go": sum(one.number for one in people if one.to),
        "pieces": len(pieces), "pieces_go": sum(one.to is not None for one in pieces),
        "functions": len(given_up), "settled": sum(one.kept for one in lines), "lines": len(lines),
        "done": sum(bool(one.kept and one.done) for one in lines),
        "href": reverse("network-moves-commune", args=[page.row.id, commune]),
    }  # fmt: skip


@screen(right=READ)
@require_http_methods(["GET", "POST"])
def commune(request: ActorRequest, id: UUID, commune: UUID) -> HttpResponse:
    """The people and pieces of one commune of the plan, settled line by line."""
    page = page_of(request, id)
    may = page.row.state in ("draft", "waits") and policies.may(request.actor, EDIT, page.row.unit)
    every = queries.moves(by=request.actor, id=id)
    homes = planned.communes_after(page.plan)
    if commune not in planned.becomes(page.plan).values():
        raise Http404
    found = [one for one in every if homes.get(one.site) == commune]
    problems: list[str] = []
    if request.method == "POST":
        kept = [_move(one, one.to) for one in every
                if one.kept and not one.gone and homes.get(one.site) != commune]  # fmt: skip
        kept += [_move(one, _chosen(request, one)) for one in found if not one.gone]
        problems = send(request, SettleMoves(plan=id, moves=tuple(kept)), page.row.unit)[1] if may else [
            _("Your post does not write here.")]  # fmt: skip
        if not problems:
            messages.success(request, _("It is kept."))
            return redirect("network-moves-commune", id=id, commune=commune)
    given_up = [
        one for one in moving.functions(page.plan, request.actor.on) if homes.get(one.site) == commune
    ]  # fmt: skip
    name = planned.commune_name(page.plan, commune)
    context = {
        "row": page.row, "name": name, "may": may, "problems": problems, "as_of": clock.now(),
        "groups": _groups(page, commune, found), "functions": _functions(page, given_up),
        "settled": sum(line.kept for line in found), "lines": len(found),
        "done": sum(bool(line.kept and line.done) for line in found),
        "trail": [*trail(page, _("What moves"))[:-1],
                  (_("What moves"), reverse("network-moves", args=[id])), (name, None)],
    }  # fmt: skip
    status = 422 if problems else 200
    return render(request, "network/moves_commune.html", context, status=status)


def _groups(
    page: queries.PlanPage, commune: UUID, found: Lines
) -> list[tuple[str, str, list[Any]]]:
    """(site, what it becomes, its lines with where they may go) of a commune."""
    atlas, day = registry.atlas(), page.plan.day
    homes = planned.communes_after(page.plan)
    here = [id for id, home in homes.items()
            if home == commune and page.plan.sites[id].kind in moving.STAYS]  # fmt: skip
    heads = [one[0] for home, one in planned.mains(page.plan).items() if one and home != commune]
    name = {id: atlas.full_name(id, day) for id in (*here, *heads)}
    near, far = sorted(here, key=name.__getitem__), sorted(heads, key=name.__getitem__)
    groups: dict[UUID, list[dict[str, Any]]] = {}
    for line in found:
        groups.setdefault(line.site, []).append({
            "line": line, "name": name_of(line), "fills": position(line.fills) if line.fills else "",
            "to": atlas.full_name(line.to, day) if line.to else "",
            "near": [(id, name[id], id == line.to) for id in near if id != line.site],
            "far": [(id, name[id], id == line.to) for id in far],
        })  # fmt: skip
    return [(atlas.full_name(site, day), words.KIND[page.plan.sites[site].kind], lines)
            for site, lines in groups.items()]  # fmt: skip


def _functions(
    page: queries.PlanPage, given_up: Sequence[moving.FunctionLine]
) -> list[tuple[str, str, str, bool, bool]]:
    atlas, day = registry.atlas(), page.plan.day
    return [
        (atlas.full_name(one.site, day), function_name(one.function),
         atlas.full_name(one.to, day) if one.to else "–", one.done, one.taken)
        for one in given_up
    ]  # fmt: skip


def _chosen(request: ActorRequest, line: queries.MoveLine) -> UUID | None:
    return words.as_uuid(request.POST.get(line.key, str(line.to or "")))


def _move(line: queries.MoveLine, to: UUID | None) -> Move:
    what = str(line.piece) if line.piece else line.what or "-"
    return Move(site=line.site, kind=line.kind, what=what, number=line.number,  # type: ignore[arg-type]
                had=line.number, to=to, member=line.member)  # fmt: skip
