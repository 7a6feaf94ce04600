"""Five communes that became three on 2026-07-01, with cases before that day and after it."""

from datetime import UTC, date, datetime
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.indicators import queries
from tuyen.apps.indicators.operations import PublishTable
from tuyen.apps.journal.services import commit
from tuyen.apps.registry.operations import CreateUnit, Gift, Opening, Reorganise, Tie
from tuyen.apps.surveillance.operations import ReportCase
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation

TODAY = date(2026, 10, 25)
NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
MERGED = date(2026, 7, 1)
BEFORE = date(2026, 6, 30)
PROGRAM = Actor.program(TODAY)


class World(NamedTuple):
    province: UUID
    old: dict[str, UUID]  # A B C D E
    new: dict[str, UUID]  # X of A and B, Y of C and D, E stays


def operation(payload, unit, **more):
    return Operation.of(payload, unit=unit, happened_on=TODAY, recorded_at=NOW, **more)


def send(*operations, by=PROGRAM):
    return commit(by=by, operations=list(operations), at=NOW, react=False)


def good(*operations):
    receipts = send(*operations)
    assert [receipt.refusal for receipt in receipts if not receipt.ok] == []
    return receipts


def build() -> World:
    root = uuid7()
    good(operation(CreateUnit(type="province", name="Thử", full_name="Tỉnh Thử"), root, id=root))
    old = {}
    for name in "ABCDE":
        old[name] = uuid7()
        tie = Tie(kind="lies_in", object=root)
        made = CreateUnit(type="commune", name=name, full_name=f"Xã {name}", relations=(tie,))
        good(operation(made, old[name], id=old[name]))
    x, y = uuid7(), uuid7()
    merger = Reorganise(
        on=MERGED,
        basis="Nghị quyết thử",
        opens=tuple(Opening(id=id, type="commune", name=name, full_name=f"Xã {name}",
                            relations=(Tie(kind="lies_in", object=root),))
                    for id, name in ((x, "X"), (y, "Y"))),
        gives=tuple(Gift(predecessor=old[name], successor=to, main=True)
                    for name, to in (("A", x), ("B", x), ("C", y), ("D", y))),
    )  # fmt: skip
    good(operation(merger, root))
    return World(root, old, {"X": x, "Y": y, "E": old["E"]})


def report(commune, onset, n, disease="measles", unit=None):
    """n cases; the ids of their reports."""
    made = [
        operation(
            ReportCase(disease=disease, sex="female", age=7, commune=commune, onset_on=onset,
                       classification="suspected"), unit or commune)
        for _ in range(n)
    ]  # fmt: skip
    good(*made)
    return [one.id for one in made]


def wish(world, map_on=BEFORE, first="2026-05", last="2026-05", **more):
    return queries.Wish(
        world.province, more.pop("diseases", ("measles",)), map_on, first, last,
        more.pop("communes", ()), more.pop("rounded", False),
    )  # fmt: skip


def payload(asked, draft, **more):
    said = {
        "title": "Bảng thử", "audience": "public", "diseases": asked.diseases,
        "communes": draft.communes, "map_on": asked.map_on, "first": asked.first,
        "last": asked.last, "k": draft.rule.k, "width": draft.rule.width,
        "cells": draft.printed, "base": draft.base,
    }  # fmt: skip
    return PublishTable(**{**said, **more})


def publish(world, asked, **more):
    """Draft and publish; the receipt and the draft."""
    draft = queries.draft(by=PROGRAM, wish=asked)
    made = operation(payload(asked, draft, **more), world.province)
    return send(made)[0], draft
