"""One policy engine for every path: list, detail, search, count, chart, export, API, feed.

A question is (who, right, unit). The answer comes from the posts held that day, the rights their
role has over a reach of units, and, for some rights, the purpose stated. Unknown means no.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from tuyen.apps.access.actors import Actor
from tuyen.kernel.refusal import N_, Refusal
from tuyen.rules.access import role_table

Reach = Callable[[UUID, str, date], frozenset[UUID]]


class NotAllowed(Refusal):
    code = "access.not-allowed"
    message = N_("Your post does not allow this here ({right}). Ask the head of your unit.")


class PurposeNeeded(Refusal):
    code = "access.purpose-needed"
    message = N_("State why you need this ({right}); accepted purposes: {purposes}.")


@dataclass(frozen=True, slots=True)
class Scope:
    """The units over which somebody has a right."""

    everything: bool
    units: frozenset[UUID] = frozenset()

    def covers(self, unit: UUID) -> bool:
        return self.everything or unit in self.units

    def where(self, field: str) -> Q:
        """A filter for a column that holds unit ids; no units means no rows."""
        return Q() if self.everything else Q((f"{field}__in", self.units))

    def __bool__(self) -> bool:
        return self.everything or bool(self.units)


NOTHING = Scope(False)
EVERYTHING = Scope(True)


def _no_map(unit: UUID, reach: str, on: date) -> frozenset[UUID]:
    """Until a registry is wired in, a post reaches its own unit and no other."""
    return frozenset({unit})


_reach: Reach = _no_map


def set_reach(reach: Reach) -> None:
    """Wire in the registry: which units does ``unit`` reach as own, owned or guided on a day?"""
    global _reach
    _reach = reach


def scope(by: Actor, right: str) -> Scope:
    """The units over which ``by`` has ``right`` today, for the purpose stated."""
    table = role_table()
    if right not in table.rights:
        return NOTHING
    if by.is_program:
        return EVERYTHING
    if by.purpose not in table.purposes.get(right, (by.purpose,)):
        return NOTHING
    if right in table.fresh and not by.fresh:
        return NOTHING
    units: set[UUID] = set()
    for post in by.posts:
        role = table.roles.get(post.role)
        for reach, rights in role.grants.items() if role else ():
            if right not in rights:
                continue
            if reach == "all":
                return EVERYTHING
            units |= _reach(post.unit, reach, by.on)
    return Scope(False, frozenset(units))


def own_units(by: Actor) -> frozenset[UUID]:
    """The units of one's own posts, however far the posts' rights reach: what a tablet may hold."""
    return frozenset().union(*(_reach(post.unit, "own", by.on) for post in by.posts))


def check(by: Actor, right: str, unit: UUID | None = None) -> None:
    """Raise :class:`NotAllowed` unless ``by`` has ``right`` over ``unit`` (or over any unit)."""
    held = scope(by, right)
    if held and (unit is None or held.covers(unit)):
        return
    needed = role_table().purposes.get(right)
    if needed and by.purpose not in needed and may(by.stating(min(needed)), right, unit):
        raise PurposeNeeded(right=right, purposes=", ".join(sorted(needed)))
    raise NotAllowed(right=right)


def may(by: Actor, right: str, unit: UUID | None = None) -> bool:
    """The same question for a button: yes or no."""
    held = scope(by, right)
    return bool(held) and (unit is None or held.covers(unit))


def rights(by: Actor) -> frozenset[str]:
    """Every right ``by`` has over at least one unit, whatever its reach: for menus."""
    table = role_table()
    if by.is_program:
        return table.rights
    held: set[str] = set()
    for post in by.posts:
        if role := table.roles.get(post.role):
            held.update(*role.grants.values())
    return frozenset(held)
