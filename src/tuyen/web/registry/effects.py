"""What a reorganisation does, in words and tables: its steps, its preview, and what could be added."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.registry import standing, vocabulary
from tuyen.apps.registry.queries import Atlas, Preview
from tuyen.apps.surveillance import queries as surveillance
from tuyen.kernel.refusal import Refusal
from tuyen.rules.access import role_table
from tuyen.web.registry import words
from tuyen.web.registry.steps import Plan, Step
from tuyen.web.sentences import say
from tuyen.web.templatetags.figures import number, percent

COUNTS = "surveillance.counts.read"
_NAMED = 6  # units told by name in one cell; more are told by their number


def kind_name(kind: str) -> str:
    return {
        "merge": pgettext("step", "Merge"),
        "split": pgettext("step", "Split"),
        "transfer": pgettext("step", "Transfer"),
        "rename": pgettext("step", "Rename"),
        "convert": pgettext("step", "Station to point"),
        "close": pgettext("step", "Close"),
    }[kind]


def role_name(code: str) -> str:
    role = role_table().roles.get(code)
    key = {"zh-hans": "zh"}.get(words.language(), words.language())
    return role.name[key] if role else code


def told(plan: Plan, atlas: Atlas, on: date) -> list[dict[str, Any]]:
    """The steps in words, in their order."""
    day, opened = on - timedelta(days=1), plan.opened

    def name(id: UUID | None) -> str:
        if id is None:
            return ""
        return opened[id].full_name if id in opened else atlas.full_name(id, day) or "—"

    return [
        {
            "kind": kind_name(step.kind),
            "from": [_part(name(p.old), p.share if step.kind != "split" else None)
                     for p in _once(step, "old")],
            "to": [_part(name(p.new), p.share if step.kind == "split" else None)
                   for p in _once(step, "new") if p.new],
            "new": [f"{new.full_name}{f' ({new.code})' if new.code else ''}"
                    for new in step.opens],
            "name": step.full_name,
            "relation": words.relation_name(step.relation) if step.relation else "",
            "posts": step.kind == "convert" and step.posts_follow,
        }
        for step in plan.steps
    ]  # fmt: skip


def _once(step: Step, side: str) -> Iterator[Any]:
    seen = set()
    for part in step.parts:
        if (id := getattr(part, side)) not in seen:
            seen.add(id)
            yield part


def _part(name: str, share: float | None) -> str:
    return f"{name} ({percent(share, 2)})" if share is not None else name


# -- the preview ---------------------------------------------------------------------------------


def shown(by: Actor, preview: Preview) -> dict[str, Any]:
    """A preview as the template shows it; only the refusal when there is one."""
    if preview.refusal is not None:
        return {"refusal": say(preview.refusal)}
    return {
        "refusal": "",
        "figures": [
            (_("Communes and wards"), *preview.communes),
            (_("Stations"), *preview.stations),
            (_("Satellite points"), *preview.points),
        ],
        "moved": [(_moved_name(what), count) for what, count in _ordered(preview.moved)],
        "units": [_unit(each) for each in preview.units],
        "readers": _readers(preview),
        "warnings": _warnings(preview.warnings),
        "series": _series(by, preview),
        "people": _people(by, preview),
    }


def _ordered(moved: Any) -> list[tuple[str, int]]:
    first = ("people", "households", "access.post", "logins", "access.holding", "access.device")
    counted = {**dict.fromkeys(first, 0), **moved}
    return [(what, counted[what]) for what in sorted(
        counted, key=lambda w: (first.index(w) if w in first else len(first), w))]  # fmt: skip


def _moved_name(what: str) -> str:
    return {
        "people": _("People who live in another commune afterwards"),
        "households": _("Households with them"),
        "access.post": _("Posts that end or go elsewhere"),
        "access.holding": _("Appointments that go with them"),
        "access.device": _("Tablets that go with them"),
        "logins": _("Accounts whose posts go elsewhere"),
    }.get(what, _("Open work of other rooms ({what})").format(what=what))


def _unit(change: Any) -> dict[str, Any]:
    renamed = change.what == "converts" and change.type != "satellite_point"
    what, tone = {
        "ends": (_("Ends"), "bad"),
        "opens": (_("Opens"), "good"),
        "goes-on": (_("Gives a part"), "warn"),
        "converts": (_("Is renamed") if renamed else _("Becomes a point"), "calm"),
    }[change.what]
    parts = [_part(name, share if share < 1 else None) for _id, name, share in change.parts]
    return {
        "name": change.name, "type": words.type_name(change.type), "what": what, "tone": tone,
        "parts": parts, "origin": change.what == "opens",
    }  # fmt: skip


def _readers(preview: Preview) -> list[dict[str, Any]]:
    """Posts whose reach changes, those that lose the most first; equal ones in one line."""
    groups: dict[tuple[Any, ...], int] = defaultdict(int)
    for reader in preview.readers:
        groups[reader.role, reader.unit, reader.name, reader.gains, reader.loses] += 1
    rows = [
        {
            "role": role_name(role), "unit": name, "posts": posts,
            "gains": _names(preview.after, gains, preview.on),
            "loses": _names(preview.before, loses, preview.on - timedelta(days=1)),
            "lost": len(loses), "gained": len(gains),
        }
        for (role, _unit_id, name, gains, loses), posts in groups.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row["lost"], -row["gained"], row["unit"]))


def _names(atlas: Atlas, units: Sequence[UUID], on: date) -> str:
    """Communes of the day by name, then how many other units: villages, facilities, history."""
    communes = [id for id in units if atlas.level(id) == vocabulary.COMMUNE and atlas.valid(id, on)]
    names = [atlas.full_name(id, on) for id in communes[:_NAMED]]
    rest = len(units) - len(names)
    if rest:
        names.append(
            ngettext(
                "%(n)s other unit of today or before", "%(n)s other units of today or before", rest
            )
            % {"n": number(rest)}
        )
    return ", ".join(names)


def _warnings(found: Iterable[Refusal]) -> list[str]:
    said = []
    for refusal in found:
        values = dict(refusal.values)
        if "role" in values:
            values["role"] = role_name(str(values["role"]))
        said.append(say(type(refusal)(**values)))
    return list(dict.fromkeys(said))


# -- figures on either map -----------------------------------------------------------------------


def _series(by: Actor, preview: Preview) -> dict[str, Any] | None:
    """Cases of the last twelve months in the communes concerned, on the old map and on the new."""
    if not policies.may(by, COUNTS):
        return None
    day = min(preview.on - timedelta(days=1), by.on)
    table = surveillance.counts(
        by=by, kind="month", first=day - timedelta(days=334), last=day,
        map_on=preview.on - timedelta(days=1), split=(),
    )  # fmt: skip
    cases = table.cases.sum(axis=(1, 2)) if table.cases.size else np.zeros(0, np.int64)
    old = dict(zip(table.communes, cases.tolist(), strict=False))
    return _on_both_maps(preview, old, exact=False)


def _people(by: Actor, preview: Preview) -> dict[str, Any] | None:
    return _on_both_maps(preview, standing.residents(by=by, before=preview.before, on=preview.on),
                         exact=True)  # fmt: skip


def _on_both_maps(
    preview: Preview, counts: dict[UUID, int], *, exact: bool
) -> dict[str, Any] | None:
    """Counts of units of the old map, and where they go. ``exact``: villages are counted, and a
    village goes whole."""
    before, after, on = preview.before, preview.after, preview.on
    day = on - timedelta(days=1)
    ids = sorted(counts, key=str)
    if not ids:
        return None
    column = np.array([[counts[id]] for id in ids], np.int64)
    rebasing = after.rebase(on)
    done = (
        rebasing.to_communes(ids, column, [day]) if exact else rebasing.rebase(ids, column, [day])
    )
    new = {id: (int(c[0]), int(lo[0]), int(hi[0])) for id, c, lo, hi in zip(
        done.unit_ids, done.counts, done.lower, done.upper, strict=True)}  # fmt: skip
    old: dict[UUID, int] = defaultdict(int)
    for id in ids:
        old[(before.commune_of(id, day) or id) if exact else id] += counts[id]
    concerned = _concerned(preview)
    olds = [(before.full_name(id, day), old.get(id, 0)) for id in concerned[0]]
    news = [(after.full_name(id, on), *new.get(id, (0, 0, 0))) for id in concerned[1]]
    return {
        "old": olds, "new": news, "old_total": sum(row[1] for row in olds),
        "new_total": sum(row[1] for row in news),
        "widest": max((row[3] - row[2] for row in news), default=0),
    }  # fmt: skip


def _concerned(preview: Preview) -> tuple[list[UUID], list[UUID]]:
    """Communes of the old map that give, or take; and those of the new map that have it then."""
    before, after, on = preview.before, preview.after, preview.on
    day = on - timedelta(days=1)
    named = {id for change in preview.units for id in (change.unit, *(p[0] for p in change.parts))}
    was, now = set(before.communes(day)), set(after.communes(on))
    for id in was & now:  # a village may have changed hands without its communes being named
        if set(before.inside(id, day)) != set(after.inside(id, on)):
            named.add(id)
    takers = {h.successor for id in named for h in after.successors(id) if h.on == on}
    named |= {id for id in takers if id is not None}
    givers = {h.predecessor for id in named for h in after.predecessors(id) if h.on == on}
    named |= givers
    return (
        sorted(named & was, key=lambda id: words.collated(before.full_name(id, day))),
        sorted(named & now, key=lambda id: words.collated(after.full_name(id, on))),
    )


# -- what could be added -------------------------------------------------------------------------


def offers(plan: Plan, preview: Preview) -> dict[str, Any]:
    """What is left open and can be settled with one tap: communes served by several stations, and
    posts at stations that become points."""
    if preview.refusal is not None:
        return {"stations": [], "posts": 0}
    after, on = preview.after, preview.on
    stations = []
    for change in preview.units:
        if change.what != "opens" or after.level(change.unit, on) != vocabulary.COMMUNE:
            continue
        serving = [id for id in after.subjects(change.unit, vocabulary.SERVES, on)
                   if after.type(id, on) == "station"]  # fmt: skip
        if len(serving) > 1:
            choices = [(id, after.full_name(id, on)) for id in serving]
            choices.sort(key=lambda pair: words.collated(pair[1]))
            stations.append({"commune": change.unit, "name": change.name, "stations": choices})
    turned = {p.old for s in plan.steps if s.kind == "convert" and not s.posts_follow
              for p in s.parts}  # fmt: skip
    posts = sum(1 for reader in preview.readers if reader.unit in turned)
    return {"stations": stations, "posts": posts}


def unit_href(atlas: Atlas, id: UUID | None) -> str:
    return reverse("unit", args=[id]) if id is not None and atlas.unit(id) is not None else ""


def amount(value: int) -> str:
    return number(value)
