"""Who acts: a person with the posts held on a day, or the program itself."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from uuid import UUID

Channel = Literal["web", "api", "cli", "import", "device", "system"]


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post held on the actor's day."""

    id: UUID
    role: str
    unit: UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, by what door, for what purpose, on which day.

    Rights are judged on ``on``; doors make a new actor for each request, so a change of post
    acts on the next one. ``user`` is None only for the program itself (:meth:`program`).
    """

    user: UUID | None
    name: str
    posts: tuple[HeldPost, ...]
    on: date
    channel: Channel
    purpose: str = "duty"
    language: str = "vi"
    fresh: bool = False
    """Whether a second factor was proved just now: some rights are used only then."""

    @classmethod
    def program(cls, on: date, channel: Channel = "system", name: str = "Tuyến") -> "Actor":
        """The program acting by itself: nightly work, alarms, an operator at the server's console."""
        return cls(user=None, name=name, posts=(), on=on, channel=channel)

    @property
    def is_program(self) -> bool:
        return self.user is None

    def stating(self, purpose: str) -> "Actor":
        """The same actor, stating a purpose."""
        return replace(self, purpose=purpose)

    def proving(self, fresh: bool) -> "Actor":
        """The same actor, having proved a second factor just now, or not."""
        return replace(self, fresh=fresh)
