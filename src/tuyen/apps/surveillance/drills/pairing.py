"""Joint drills: two sides of a border play one outbreak and tell each other what they see.

The sides share a pairing: an id, the scenario, the seed, and a key by which they know each other's
bundles. It is a file that one makes and gives to the other, or is agreed over the network by a code
(see :mod:`.meeting`). A bundle holds numbers by week and side, the cases that crossed the border,
and the state of the clock, and no name. It says all so far, so one that comes twice or late changes
nothing. Nothing that is not of this joint drill is taken, and reality has no door for it.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import msgspec
from msgspec import Meta

from tuyen.apps.access import world
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance.drills.crossing import Crossing, crossings, signals
from tuyen.apps.surveillance.drills.meeting import joint_of
from tuyen.apps.surveillance.models import Case, Drill
from tuyen.apps.surveillance.operations.drills import SendDrillMessage, SetDrillClock
from tuyen.kernel.clock import Pace
from tuyen.kernel.ids import NODE, derived_id
from tuyen.kernel.operation import Operation
from tuyen.kernel.refusal import N_, Refusal
from tuyen.rules.surveillance import drills as rules

FORMAT = 1
MOST = 1024 * 1024


class NotJoint(Refusal):
    code = "surveillance.drill-not-joint"
    message = N_("This drill is not paired; start both sides with the same --pair FILE.")


class BadPairing(Refusal):
    code = "surveillance.bad-drill-pairing"
    message = N_("{path} pairs another drill: {what}.")


class BadBundle(Refusal):
    code = "surveillance.bad-drill-bundle"
    message = N_("This is no bundle of the other side of this drill: {what}. Nothing was taken.")


class Notice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one side saw in one week: cases, confirmed, deaths, by the day on which it was counted."""

    week: Annotated[str, Meta(pattern=r"^\d{4}-W\d{2}$")]
    disease: Annotated[str, Meta(max_length=60)]
    cases: Annotated[int, Meta(ge=0, le=100_000)]
    confirmed: Annotated[int, Meta(ge=0, le=100_000)]
    deaths: Annotated[int, Meta(ge=0, le=100_000)]


class Bundle(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one side sends the other. ``mark`` says that it is a drill, before all else."""

    mark: str
    format: int
    joint: UUID
    scenario: str
    seed: int
    side: Literal["A", "B"]
    at: datetime
    clock: Annotated[list[Any], Meta(min_length=3, max_length=3)]
    notices: Annotated[tuple[Notice, ...], Meta(max_length=500)]
    crossings: Annotated[tuple[Crossing, ...], Meta(max_length=2000)] = ()


class Sealed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A bundle as it travels: its bytes, and their seal under the key of the pairing."""

    body: Annotated[str, Meta(max_length=MOST)]
    seal: Annotated[str, Meta(max_length=64)]


def read_or_make(path: Path, *, scenario: str, seed: int, side: str) -> dict[str, Any]:
    """The pairing in a file; made there, for its owner only, when there is none.

    Raises
    ------
    BadPairing
        If it pairs another scenario or seed, or is no pairing.
    """
    if not path.exists():
        made = {"joint": str(uuid4()), "scenario": scenario, "seed": seed,
                "key": secrets.token_hex(32)}  # fmt: skip
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump(made, file)
    try:
        said = json.loads(path.read_text(encoding="ascii"))
        UUID(said["joint"])
        bytes.fromhex(said["key"])
    except (ValueError, KeyError, TypeError):
        raise BadPairing(path=path, what="it is not a pairing file") from None
    for name, ours in (("scenario", scenario), ("seed", seed)):
        if said.get(name) != ours:
            raise BadPairing(path=path, what=f"{name} is {said.get(name)}, not {ours}")
    return {"joint": said["joint"], "key": said["key"], "side": side}


def bundle(mark: Mapping[str, Any], *, until: datetime) -> bytes:
    """What this side saw so far, by week of onset, sealed for the other side."""
    joint, row = _joint(mark), Drill.objects.get()
    scenario = rules.scenario(row.scenario)
    said = Bundle(
        mark=f"{world.SIGN} {row.id}", format=FORMAT, joint=UUID(joint["joint"]),
        scenario=row.scenario, seed=row.seed, side=row.side, at=until,  # type: ignore[arg-type]
        clock=[row.real.isoformat(), row.shows.isoformat(), row.speed],
        notices=tuple(_weeks(scenario.disease, row.begins)), crossings=crossings(),
    )  # fmt: skip
    body = msgspec.json.encode(said)
    sealed = Sealed(body=base64.b64encode(body).decode(), seal=_seal(joint["key"], body))
    return msgspec.json.encode(sealed)


def take(mark: Mapping[str, Any], content: bytes, *, at: datetime) -> int:
    """Take the other side's bundle: each week's news becomes a notice, and side B follows A's clock.

    The same news again changes nothing. Returns how many notices were new.

    Raises
    ------
    NotJoint, BadBundle
    """
    said, joint = read(mark, content), _joint(mark)
    row = Drill.objects.get()
    if said.side == row.side:
        raise BadBundle(what=f"it comes from side {said.side}, which is this one")
    if joint.get("peer", theirs := said.mark.rpartition(" ")[2]) != theirs:
        raise BadBundle(what="it is of another drill than the one that was paired")
    operations = [_notice(row, said, each, at) for each in said.notices if each.cases]
    operations += signals(said.crossings, at)
    if row.side == "B" and (clock := _clock(row, said, at)) is not None:
        operations.append(clock)
    receipts = commit(by=Actor.program(at.date(), channel="api"), operations=operations, at=at)
    kinds = {operation.id: operation.kind for operation in operations}
    return sum(
        receipt.status == "accepted" and kinds[receipt.id] == SendDrillMessage.KIND.name
        for receipt in receipts
    )


def read(mark: Mapping[str, Any], content: bytes) -> Bundle:
    """The bundle in ``content``, when it is one of this joint drill and as it was sealed."""
    joint = _joint(mark)
    try:
        sealed = msgspec.json.decode(content[: 2 * MOST], type=Sealed)
        body = base64.b64decode(sealed.body, validate=True)
    except (msgspec.DecodeError, ValueError):
        raise BadBundle(what="it is not one") from None
    if not hmac.compare_digest(_seal(joint["key"], body), sealed.seal):
        raise BadBundle(what="it is not sealed with the key of this pairing")
    try:
        said = msgspec.json.decode(body, type=Bundle)
    except msgspec.DecodeError as error:
        raise BadBundle(what=str(error)) from None
    row = Drill.objects.get()
    ours = (FORMAT, UUID(joint["joint"]), row.scenario, row.seed)
    if (said.format, said.joint, said.scenario, said.seed) != ours:
        raise BadBundle(what="it is of another drill, scenario or seed")
    if not said.mark.startswith(f"{world.SIGN} "):
        raise BadBundle(what="it does not say that it is a drill")
    return said


def _joint(mark: Mapping[str, Any]) -> Mapping[str, Any]:
    joint = joint_of(mark)
    if not joint:
        raise NotJoint()
    return joint


def _seal(key: str, body: bytes) -> str:
    return hmac.new(bytes.fromhex(key), b"tuyen-drill\n" + body, hashlib.sha256).hexdigest()


def _weeks(disease: str, since: datetime) -> list[Notice]:
    """Cases of the drill by week of onset: counts only, which is all that crosses a border."""
    rows = Case.objects.filter(disease=disease, voided_at=None, received_at__gte=since)
    counts: dict[str, Counter[str]] = {}
    for onset, classification, outcome in rows.values_list("onset_on", "classification", "outcome"):
        year, week, _ = onset.isocalendar()
        count = counts.setdefault(f"{year}-W{week:02}", Counter())
        count.update(["cases", classification, outcome or ""])
    return [
        Notice(week=week, disease=disease, cases=n["cases"], confirmed=n["confirmed"],
               deaths=n["died"])
        for week, n in sorted(counts.items())
    ]  # fmt: skip


def _notice(row: Drill, said: Bundle, each: Notice, at: datetime) -> Operation:
    key = f"{said.side}:{each.week}:{each.cases}:{each.confirmed}:{each.deaths}"
    text = f"{each.disease} {each.week}: {each.cases} / {each.confirmed} / {each.deaths}"
    payload = SendDrillMessage(key=key, sort="notice", to="", text=text)
    return Operation.of(payload, id=derived_id(row.id, "notice", key), unit=NODE,
                        happened_on=at.date(), recorded_at=said.at)  # fmt: skip


def _clock(row: Drill, said: Bundle, at: datetime) -> Operation | None:
    """Side B follows the clock of side A, never backwards."""
    real, shows = (datetime.fromisoformat(text) for text in said.clock[:2])
    theirs = Pace(real, shows, float(said.clock[2]))
    ours = Pace(row.real, row.shows, row.speed)
    if (ours.real, ours.shows, ours.speed) == theirs or row.ended_at is not None:
        return None
    moment = max(real, row.real)
    if theirs.at(moment) < ours.at(moment):
        return None
    payload = SetDrillClock(speed=theirs.speed, real=moment,
                            shows=min(theirs.at(moment), row.ends))  # fmt: skip
    return Operation.of(payload, unit=NODE, happened_on=at.date(), recorded_at=at)
