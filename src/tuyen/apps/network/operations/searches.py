"""A month of rounds that somebody asked for: the program searches, and answers with a draft or a reason."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from tuyen.apps.network.operations.outreach import PLAN
from tuyen.kernel.operation import Payload, operation

Text = Annotated[str, Meta(max_length=600)]


@operation("network.ask_rounds", version=1, right=PLAN)
class AskRounds(Payload, frozen=True, kw_only=True):
    """Plan a month of the operation's unit. ``starts`` is its first Monday; no ``teams`` are all of them;
    ``season`` empty is that of the month; ``quick``: by insertion alone, without the search."""

    starts: date
    teams: Annotated[tuple[UUID, ...], Meta(max_length=20)] = ()
    season: Literal["", "dry", "wet"] = ""
    quick: bool = False


@operation("network.end_search", version=1, right=PLAN)
class EndSearch(Payload, frozen=True, kw_only=True):
    """A search that comes to nothing: stopped by a person, or given up by the program with the sentence of
    its refusal (its code, ``sentence`` and ``values``), as receipts carry it."""

    search: UUID
    why: Literal["stopped", "failed"]
    refused: Annotated[str, Meta(max_length=80)] = ""
    sentence: Text = ""
    values: Annotated[dict[Annotated[str, Meta(max_length=40)], Text], Meta(max_length=20)] = {}
