"""Files of resources, for the operator: bundles, and resources by themselves."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import world
from tuyen.apps.access.actors import Actor
from tuyen.apps.exchange import codec
from tuyen.apps.exchange.bundles import BundleEntry, address, read_bundle
from tuyen.apps.exchange.refusals import BadEntry
from tuyen.apps.exchange.submitting import Submission, refusal_of
from tuyen.apps.exchange.taking import take
from tuyen.apps.exchange.wishes import Wish, wish
from tuyen.kernel.refusal import Refusal


class Imported(NamedTuple):
    """What became of one bundle or resource: all of it was kept, or nothing. ``remarks``: what of it
    was filed with the rooms, and why not."""

    kept: int
    refusals: list[Refusal]
    remarks: Sequence[Refusal] = ()


class Import:
    """Resources kept by a unit. A bundle is taken as a whole; a resource that has an id keeps it."""

    def __init__(self, by: Actor, unit: UUID, at: datetime) -> None:
        self.by, self.unit, self.at = by, unit, at

    def take(self, body: bytes, *, dry_run: bool = False) -> Imported:
        """Check one text as a whole, so that every fault of it is told, then keep all of it."""
        try:
            world.check_text(body)
            wishes, refusals = self._wishes(body)
            if refusals:
                return Imported(0, refusals)
            again = Submission(self.by, self.unit, self.at)
            plan = again.plan(wishes, create_by_put=True)
            kept = sum(not each.there for each in plan.wishes)
            if dry_run:
                return Imported(kept, [])
            refused = take(again, plan)
        except Refusal as refusal:
            return Imported(0, [refusal])
        if refused is not None:
            return Imported(0, [refusal_of(refused)])
        return Imported(kept, [], [why for each in plan.wishes for why in each.remarks[:1]])

    def _wishes(self, body: bytes) -> tuple[list[Wish], list[Refusal]]:
        content = codec.plain(body)
        type = str(content.get("resourceType"))
        if type != "Bundle" or content.get("type") not in ("transaction", "batch", "collection"):
            id = content.get("id")
            method = "PUT" if isinstance(id, str) else "POST"
            return [wish(method, type, id=id if isinstance(id, str) else "", body=body)], []
        entries = read_bundle(body, requests=content["type"] != "collection").entry
        return _each(entries)


def _each(entries: Sequence[BundleEntry]) -> tuple[list[Wish], list[Refusal]]:
    wishes: list[Wish] = []
    refusals: list[Refusal] = []
    for number, entry in enumerate(entries):
        try:
            wishes.append(_one(number, entry))
        except Refusal as refusal:
            refusal.values.setdefault("entry", number)
            refusals.append(
                refusal
                if isinstance(refusal, BadEntry)
                else BadEntry(entry=number, what=str(refusal))
            )
    return wishes, refusals


def _one(number: int, entry: BundleEntry) -> Wish:
    body, request = bytes(entry.resource), entry.request
    if request is None:  # of a collection
        content = codec.plain(body)
        return wish(
            "POST", str(content.get("resourceType")), body=body, full_url=entry.full_url,
            entry=number,
        )  # fmt: skip
    at = address(number, request.url)
    if request.method not in ("POST", "PUT") or at.query:
        raise BadEntry(
            entry=number, what=f"{request.method[:20]} {request.url[:60]} is not imported"
        )
    return wish(
        request.method, at.type, id=at.id, body=body, if_match=request.if_match,
        none_exist=request.if_none_exist, full_url=entry.full_url, entry=number,
    )  # fmt: skip
