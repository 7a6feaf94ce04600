"""What happened to a unit, in order: the story that its page tells."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from tuyen.apps.registry.atlas import EARLIEST, LATEST, Happening, Span

if TYPE_CHECKING:
    from tuyen.apps.registry.atlas import Atlas

_ORDER = (
    "opened", "succeeded", "named", "typed", "coded", "moved", "function-began", "function-ended",
    "related", "relation-ended", "gave", "closed",
)  # fmt: skip


def timeline(atlas: "Atlas", id: UUID) -> list[Happening]:
    """Happenings oldest first; ``on`` is None for what held as far back as is known.

    ``what`` and its ``values``: opened; named {name, full_name}; typed {type}; coded {system,
    code}; moved {lon, lat}; function-began, function-ended {function}; related, relation-ended
    {kind, subject, object}; succeeded {predecessor, weight, event, basis}; gave {successor,
    weight, event, basis}; closed.
    """
    unit = atlas.unit(id)
    if unit is None:
        return []
    found = [Happening(unit.since, "opened", {})]
    if unit.until:
        found.append(Happening(unit.until, "closed", {}))
    found += (_began("named", s, s.value._asdict()) for s in unit.names)
    found += (_began("typed", s, {"type": s.value}) for s in unit.types)
    found += (_began("coded", s, {"system": s.value[0], "code": s.value[1]}) for s in unit.codes)
    found += (_began("moved", s, {"lon": s.value[0], "lat": s.value[1]}) for s in unit.points)
    for span in unit.functions:
        found.append(_began("function-began", span, {"function": span.value}))
        if span.until not in (LATEST, unit.until):
            found.append(Happening(span.until, "function-ended", {"function": span.value}))
    found += _ties(atlas, id, unit.until)
    found += _successions(atlas, id)
    return sorted(found, key=lambda h: (h.on or EARLIEST, _ORDER.index(h.what)))


def _began(what: str, span: Span, values: dict[str, object]) -> Happening:
    return Happening(None if span.since == EARLIEST else span.since, what, values)


def _ties(atlas: "Atlas", id: UUID, closed: date | None) -> Iterator[Happening]:
    for tie in atlas.relations(id):
        values = {"kind": tie.kind, "subject": tie.subject, "object": tie.object}
        yield Happening(tie.since, "related", values)
        if tie.until and tie.until != closed:
            yield Happening(tie.until, "relation-ended", values)


def _successions(atlas: "Atlas", id: UUID) -> Iterator[Happening]:
    for fact in atlas.predecessors(id):
        about = {"weight": fact.weight, "event": fact.event, "basis": fact.basis}
        yield Happening(fact.on, "succeeded", {"predecessor": fact.predecessor, **about})
    for fact in atlas.successors(id):
        about = {"weight": fact.weight, "event": fact.event, "basis": fact.basis}
        yield Happening(fact.on, "gave", {"successor": fact.successor, **about})
