"""How two drills come to know each other over a network: by a code that one person reads to another.

Side A makes a code and keeps it for a day. Side B, while it is made, proves to A that it holds the
code; A proves the same in return; and both make the key of their pairing out of the code and of two
numbers said in the open. The code itself and the key are never sent. After that each is known to
the other by its drill, and speaks to that one only.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid4

import msgspec
from django.conf import settings
from msgspec import Meta

from tuyen.apps.access import world
from tuyen.apps.surveillance.models import Drill
from tuyen.apps.surveillance.refusals.drills import NoDrill
from tuyen.kernel.refusal import N_, Refusal
from tuyen.kernel.zone import VIETNAM
from tuyen.rules.surveillance import drills as rules

CODE, PEER = "pairing-code.json", "peer.json"
"""In the folder of a drill: the code it waits with, and the other side once that has come."""
LASTS = timedelta(days=1)
_TRIES = 5
_CODE = re.compile(r"[A-Z2-7]{20}")
_ID = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]


class WrongCode(Refusal):
    code = "surveillance.wrong-drill-code"
    message = N_(
        "No drill of that scenario waits here with this code; ask the other side for a new one."
    )


class NoCode(Refusal):
    code = "surveillance.no-drill-code"
    message = N_(
        "{value} is no code of a drill; expected four groups of five letters and digits, as the other"
        " side reads them out."
    )


class CodeExpired(Refusal):
    code = "surveillance.drill-code-expired"
    message = N_("This code was good until {until}; ask the other side for a new one.")


class OtherScenario(Refusal):
    code = "surveillance.other-drill-scenario"
    message = N_("The other side plays {theirs}, and not {ours}; choose the same scenario.")


class OneSided(Refusal):
    code = "surveillance.one-sided-drill"
    message = N_("{scenario} is played on one side only; choose one that can be played on both.")


class OnlySideA(Refusal):
    code = "surveillance.only-side-a-invites"
    message = N_("This is side B of a drill; the code is made by side A.")


class AlreadyPaired(Refusal):
    code = "surveillance.drill-already-paired"
    message = N_("This drill is paired already with another; each has one other side.")


class Join(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What side B says first."""

    drill: UUID
    scenario: Annotated[str, Meta(max_length=60)]
    nonce: _ID
    proof: _ID


class Joined(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What side A answers."""

    drill: UUID
    joint: UUID
    seed: int
    nonce: _ID
    proof: _ID


def invite(now: datetime) -> str:
    """A new code for this drill, good for a day and for one other side; an earlier one is void.

    Raises
    ------
    NoDrill, OneSided, OnlySideA, AlreadyPaired
    """
    row = _row()
    check_joint(row.scenario)
    if row.side != "A":
        raise OnlySideA()
    if _read(PEER) is not None:
        raise AlreadyPaired()
    letters = base64.b32encode(secrets.token_bytes(15)).decode().rstrip("=")[:20]
    code = "-".join(letters[n : n + 5] for n in range(0, 20, 5))
    _write(CODE, {"key": _key(code).hex(), "until": (now + LASTS).isoformat(), "tries": 0})
    return code


def check_joint(scenario: str) -> None:
    """Refuse a scenario that has no other side.

    Raises
    ------
    OneSided
    """
    if not rules.scenario(scenario).joint:
        raise OneSided(scenario=scenario)


def typed(code: str) -> str:
    """A code as somebody typed it, in its one form.

    >>> typed("4y2r7 y6qdj afrsz zcxhs")
    '4Y2R7-Y6QDJ-AFRSZ-ZCXHS'

    Raises
    ------
    NoCode
    """
    plain = _plain(code)
    if not _CODE.fullmatch(plain):
        raise NoCode(value=code.strip()[:40] or "—")
    return "-".join(plain[n : n + 5] for n in range(0, 20, 5))


def waits(now: datetime) -> datetime | None:
    """Until when the code of this drill is good, by the machine's clock; None when none waits."""
    waiting = _read(CODE)
    until = datetime.fromisoformat(waiting["until"]) if waiting is not None else now
    return until if until > now else None


def ask(code: str, *, drill: UUID, scenario: str) -> Join:
    """What side B sends to be let in."""
    nonce = secrets.token_hex(32)
    return Join(drill=drill, scenario=scenario, nonce=nonce,
                proof=_proof(_key(code), "join", drill, scenario, nonce))  # fmt: skip


def accept(said: Join, now: datetime) -> Joined:
    """Let side B in, once, if it holds the code. A code that was guessed at too often is void.

    Raises
    ------
    NoDrill, WrongCode, CodeExpired, OtherScenario
        What is said beyond "wrong" is said to those only who hold the code.
    """
    row, waiting = _row(), _read(CODE)
    if waiting is None:
        raise WrongCode()
    key = bytes.fromhex(waiting["key"])
    right = _proof(key, "join", said.drill, said.scenario, said.nonce)
    if not hmac.compare_digest(right, said.proof):
        if waiting["tries"] + 1 >= _TRIES:
            _path(CODE).unlink(missing_ok=True)
        else:
            _write(CODE, {**waiting, "tries": waiting["tries"] + 1})
        raise WrongCode()
    if (until := datetime.fromisoformat(waiting["until"])) < now:
        raise CodeExpired(until=f"{until.astimezone(VIETNAM):%d/%m/%Y %H:%M}")
    if said.scenario != row.scenario:
        raise OtherScenario(theirs=row.scenario, ours=said.scenario)
    joint, nonce = uuid4(), secrets.token_hex(32)
    told = (said.drill, row.id, joint, row.seed, said.nonce, nonce)
    _write(PEER, {"joint": str(joint), "key": _proof(key, "key", *told), "side": "A",
                  "peer": str(said.drill)})  # fmt: skip
    _path(CODE).unlink(missing_ok=True)
    return Joined(drill=row.id, joint=joint, seed=row.seed, nonce=nonce,
                  proof=_proof(key, "joined", *told))  # fmt: skip


def agreed(code: str, asked: Join, said: Joined) -> dict[str, Any]:
    """What side B keeps of the pairing.

    Raises
    ------
    WrongCode
        If who answered does not hold the code.
    """
    key = _key(code)
    told = (asked.drill, said.drill, said.joint, said.seed, asked.nonce, said.nonce)
    if not hmac.compare_digest(_proof(key, "joined", *told), said.proof):
        raise WrongCode()
    return {"joint": str(said.joint), "key": _proof(key, "key", *told), "side": "B",
            "peer": str(said.drill)}  # fmt: skip


def joint() -> Mapping[str, Any] | None:
    """The pairing of the drill that is played in this installation."""
    return joint_of(world.played() or {})


def joint_of(mark: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The pairing of the drill that is played here; None when it plays alone."""
    return mark.get("joint") or _read(PEER, mark)


def _row() -> Drill:
    row = Drill.objects.first()
    if row is None:
        raise NoDrill()
    return row


def _key(code: str) -> bytes:
    plain = _plain(code)
    return hashlib.sha256(b"tuyen-drill-code\n" + plain.encode()).digest()


def _plain(code: str) -> str:
    return "".join(filter(str.isalnum, code)).upper()


def _proof(key: bytes, what: str, *told: Any) -> str:
    text = "\n".join([what, *map(str, told)])
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _path(name: str, mark: Mapping[str, Any] | None = None) -> Path:
    return Path((mark or world.played() or {}).get("home") or settings.TUYEN_HOME) / name


def _read(name: str, mark: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(_path(name, mark).read_text(encoding="ascii"))
    except FileNotFoundError:
        return None
    return found


def _write(name: str, content: Mapping[str, Any]) -> None:
    aside = _path(f".{name}.{os.getpid()}")
    aside.unlink(missing_ok=True)
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        json.dump(content, file)
    aside.replace(_path(name))
