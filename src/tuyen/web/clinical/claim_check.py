"""The claim of a visit while it is typed: what it would come back for, beside the fields where that is
mended. Care is never held up: what is found is shown, and once seen the visit is saved as it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.claims import queries as claims
from tuyen.apps.clinical.operations import Content
from tuyen.apps.clinical.queries import VisitRow
from tuyen.web.claims import words
from tuyen.web.clinical.cells import Typed
from tuyen.web.clinical.claim_fields import cell_of

ONLY = "check"
"""What the button says that checks and saves nothing."""
SEEN = "claim_seen"
"""Field of the form: the keys of findings that stood before whoever saves."""
MARKED = "claim_marks"
"""Field of the form: the ids of the fields beside which something stands."""
MOST = 12
EMERGENCY = "2"
"""Beginning of the classes of attendance that are emergencies."""


class Line(NamedTuple):
    """One thing that is found. ``ident``: the field of the form, "" where it is mended elsewhere."""

    key: str
    said: str
    error: bool
    ident: str
    where: str
    href: str
    at: str = ""  # table and field of the claim


@dataclass(slots=True)
class Check:
    """What the claim of a visit would come back for. ``lines``: errors first."""

    lines: list[Line] = field(default_factory=list)
    unseen: bool = False  # an error that is mended here was not yet shown to whoever saves

    @property
    def errors(self) -> list[Line]:
        return [line for line in self.lines if line.error]

    @property
    def warnings(self) -> list[Line]:
        return [line for line in self.lines if not line.error]

    @property
    def keys(self) -> list[str]:
        return [line.key for line in self.lines if line.error and line.ident]

    @property
    def marks(self) -> list[str]:
        return list(dict.fromkeys(line.ident for line in self.lines if line.ident))


def check(
    by: Actor, typed: Typed, told: Content, unit: UUID, *, id: UUID, on: date,
    corrects: VisitRow | None = None,
) -> Check | None:  # fmt: skip
    """Check the claim that this content would make, and mark the fields that it concerns; None where
    the author reads no claims, or what was typed makes no visit yet."""
    try:
        whole = msgspec.json.decode(msgspec.json.encode(told), type=type(told))
    except msgspec.ValidationError:
        return None
    found = claims.draft(by=by, unit=unit, content=whole, id=id, on=on, corrects=corrects)
    if found is None:
        return None
    if not typed.tables["dx"]:
        typed.blank("dx", 1)  # where the diagnosis that lacks is typed
    lines = [_gap(gap, typed, found.rows, whole.person, unit) for gap in found.missing]
    lines += [_line(one, typed, found.rows, whole.person, unit) for one in found.findings]
    once = {(line.said, line.at): line for line in reversed(lines)}.values()
    return Check(sorted(once, key=lambda line: (not line.error, not line.ident, line.at))[:MOST])


def ask(found: Check | None, told: Content, given: QueryDict) -> bool:
    """Whether to ask before saving: an error that is mended in this form was not shown yet. Who is
    not insured, or cannot wait, is never held up."""
    if found is None or told.payer != "insurance" or _urgent(told, given):
        return False
    seen = set(given.get(SEEN, "").split())
    found.unseen = any(key not in seen for key in found.keys)
    return found.unseen


def shown(found: Check | None, typed: Typed, before: str = "") -> dict[str, Any]:
    """What the page, and the answer to a change of the form, shows; ``before``: the ids of the fields
    beside which something stood."""
    known = {cell.ident: cell for cell in typed.every()}
    lines = found.lines if found else []
    for line in lines:
        if line.ident in known:
            known[line.ident].notes.append((line.said, line.error))
    marks = found.marks if found else []
    return {
        "check": found, "claim_marks": " ".join(marks),
        "claim_seen": " ".join(found.keys) if found and found.unseen else "",
        "marked": [known[ident] for ident in dict.fromkeys([*marks, *before.split()]) if ident in known],
    }  # fmt: skip


def _urgent(told: Content, given: QueryDict) -> bool:
    sent = told.referred is not None and told.referred.urgent
    dangerous = any(name.startswith("seen_") for name in given)
    return sent or dangerous or told.attendance.startswith(EMERGENCY)


def _line(
    one: claims.Told, typed: Typed, rows: Mapping[str, int], person: UUID, unit: UUID
) -> Line:
    at = one.finding
    cell = cell_of(typed, rows, at.table, at.row, at.field)
    where, href = words.place(one.where, visit=None, person=person, unit=unit, field=at.field)
    mended_here = cell is not None and one.where in ("visit", "patient")
    said = one.said(words.spoken())
    return Line(
        f"{at.code}:{at.row}:{at.field}", said, at.severity == "error",
        cell.ident if cell is not None and mended_here else "",
        "" if mended_here else where, "" if mended_here else href, f"{at.table} · {at.field}",
    )  # fmt: skip


def _gap(gap: Any, typed: Typed, rows: Mapping[str, int], person: UUID, unit: UUID) -> Line:
    """What no catalogue knows: it is mended there."""
    where, href = words.place(gap.where, visit=None, person=person, unit=unit)
    said = _("{key} does not stand in the {where}").format(key=gap.key, where=where)
    return Line(f"{gap.table}:{gap.row}:{gap.field}", said, True, "", where, href)


def address(by: Actor, unit: UUID, person: UUID, visit: UUID | None = None) -> str:
    """Where a change of the form is checked; "" for those who read no claims."""
    if not policies.may(by, claims.READ, unit):
        return ""
    if visit is not None:
        return reverse("visit-amend-check", args=[visit])
    return reverse("visit-check", args=[person])
