"""Claims with their lines, for a door that shows them to another program."""

from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.claims import examining
from tuyen.apps.claims.models import Claim
from tuyen.apps.claims.queries.claims import READ, ClaimRow, rows_of
from tuyen.engines.claims.values import number

MOST = 200
_LINES = (
    ("XML2", ("MA_THUOC",), "TEN_THUOC", "DON_GIA"),
    ("XML3", ("MA_DICH_VU", "MA_VAT_TU"), "TEN_DICH_VU", "DON_GIA_BV"),
)  # table, fields of the code, of the name, of the price


class ClaimLine(NamedTuple):
    """A line of a claim: what was given, how much of it, at which price, and what that makes."""

    table: str
    code: str
    name: str
    quantity: Decimal | None
    price: Decimal | None
    amount: Decimal | None


class ShownClaim(NamedTuple):
    """A claim as the record tells it to this reader. ``whole``: nothing of it is left out."""

    row: ClaimRow
    diagnoses: tuple[str, ...]
    lines: tuple[ClaimLine, ...]
    card: str
    whole: bool


def shown(
    *, by: Actor, ids: Collection[UUID] | None = None, people: Collection[UUID] | None = None
) -> list[ShownClaim]:
    """Claims by their ids or of people by any record of theirs, the latest first, at most 200: those
    that the reader may read, with what the reader may read of their visits. A constant number of
    queries."""
    rows = Claim.objects.filter(policies.scope(by, READ).where("unit_id"))
    if ids is not None:
        rows = rows.filter(pk__among=set(ids))
    if people is not None:
        rows = rows.filter(person_id__in=set(people))
    held = list(rows.order_by("-day", "-id")[:MOST])
    changes = {claim.pk: claim.changes for claim in held}
    built = examining.examine(by=by, ids=list(changes), on=by.on, changes=changes) if held else {}
    return [_shown(row, built.get(row.id)) for row in rows_of(by, held)]


def _shown(row: ClaimRow, one: examining.Examined | None) -> ShownClaim:
    if one is None:
        return ShownClaim(row, (), (), "", False)
    header = (one.tables.get("XML1") or [{}])[0]
    others = header.get("MA_BENH_KT", "").split(";")
    codes = (header.get("MA_BENH_CHINH", ""), *others)
    lines = tuple(
        ClaimLine(
            table, next((line[f] for f in code if line.get(f)), ""), line.get(name, ""),
            number(line.get("SO_LUONG", "")), number(line.get(price, "")),
            number(line.get("THANH_TIEN_BV", "")),
        )
        for table, code, name, price in _LINES
        for line in one.tables.get(table, ())
    )  # fmt: skip
    diagnoses = tuple(code for code in codes if code)
    return ShownClaim(row, diagnoses, lines, header.get("MA_THE_BHYT", ""), one.material.whole)
