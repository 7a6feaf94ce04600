"""What a session has proved besides the password, and what it may therefore do.

The mark stands in the session: how it was proved, when, and until which day no proof is demanded.
A session without a mark is judged once, and ends when its account has a second factor.
"""

from datetime import date
from typing import Any, NamedTuple

from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest

from tuyen.apps.access import clock
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.services import factors
from tuyen.apps.access.services.factors import Proof
from tuyen.rules.access.second_factor import second_factor

_KEY = "factor"


class Mark(NamedTuple):
    """``at`` in seconds since 1970 by the machine's own clock; ``until`` as an ISO day."""

    proof: Proof
    at: int
    until: str

    @property
    def grace(self) -> date:
        return date.fromisoformat(self.until)


def seconds() -> int:
    return int(clock.real_now().timestamp())


def write(request: HttpRequest, user: Any, proof: Proof) -> Mark:
    """Mark the session of ``user`` with what was proved now."""
    until = second_factor().grace_until(user.opened_on)
    mark = Mark(proof, seconds(), until.isoformat())
    request.session[_KEY] = list(mark)
    return mark


def without(user: Any) -> Proof:
    """What counts for somebody with nothing enrolled: a demo or a drill lets everybody in at once."""
    return "demo" if clock.is_demo() or clock.is_drill() else "none"


def read(request: HttpRequest, user: AbstractBaseUser | Any) -> Mark | None:
    """The mark of this session; None when its account has a second factor and it proved none."""
    kept = request.session.get(_KEY)
    if kept is not None:
        return Mark(*kept)
    if factors.enrolled(user=user.pk):
        return None
    return write(request, user, without(user))


def is_enough(mark: Mark, actor: Actor) -> bool:
    """Whether the session may leave its own security page."""
    roles = [post.role for post in actor.posts]
    return factors.is_enough(mark.proof, roles, mark.grace, actor.on)


def is_strong(request: HttpRequest, right: str) -> bool:
    """Whether the session may use a right that may take a passkey."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    mark: Mark = request.mark  # type: ignore[attr-defined]
    return factors.is_strong(mark.proof, right, mark.grace, actor.on)


def is_fresh(mark: Mark) -> bool:
    """Whether a second factor was proved just now. In a demo, nothing enrolled counts as proved."""
    if mark.proof == "demo":
        return True
    return mark.proof != "none" and seconds() - mark.at < 60 * second_factor().fresh_minutes
