"""Playing a drill in its own folder: serving it, moving those whom nobody plays, ending it."""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from tuyen.cli.drill import RESULT, the_drill
from tuyen.cli.drill.talking import Line
from tuyen.cli.terminal import DONE, FINDINGS, complain, say
from tuyen.kernel.operation import Operation, Payload

_SHORTEST, _LONGEST = 0.02, 0.5
_TICK = timedelta(hours=1)


def serve(home: Path, port: int) -> int:
    """Serve the console of a drill, and play beside it, until it is stopped."""
    from tuyen.apps.access import world
    from tuyen.cli.platform import serve as serve_console

    mark = dict(world.played() or {})
    (home / "drill.pid").write_text(str(os.getpid()), encoding="ascii")
    _start_clock(mark["speed"])
    command = [sys.executable, "-m", "tuyen", "drill", "play", "--home", str(home)]
    player = subprocess.Popen(command)  # noqa: S603  # ourselves, in our own folder
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        return serve_console("127.0.0.1", port or mark["port"], workers=2)
    finally:
        player.terminate()
        player.wait(timeout=20)
        (home / "drill.pid").unlink(missing_ok=True)


def play(home: Path) -> int:
    """Move everybody whom nobody plays, each at their time by the drill's clock, until it ends."""
    from tuyen.apps.access import clock, world
    from tuyen.apps.surveillance.drills import clockwork
    from tuyen.apps.surveillance.drills.play import director, refusals
    from tuyen.apps.surveillance.operations.drills import EndDrill

    clockwork.wind()
    direct = director()
    line = _line()
    told = 0
    while not clockwork.ended():
        now = min(clock.now(), direct.ends)
        due = direct.due()
        pace = world.pace()
        if due is not None and due <= now and pace is not None and (at := pace.when(due)):
            late = max((clock.real_now() - at).total_seconds(), 0.0)
            direct.lateness.real.append(late)
            direct.lateness.drill.append((now - due).total_seconds())
        direct.step(now, at=now)
        for sentence in refusals(direct.refused[told:]):
            complain(sentence)
        told = len(direct.refused)
        if line is not None:
            _speak(line)
        if now >= direct.ends:
            _commit(EndDrill(reason="Hết thời gian diễn tập"), now)
            break
        time.sleep(_pause(direct.due()))
    if line is not None:
        line.finish(bundle, take)
    _write_result(home)
    if direct.lateness.real:
        (home / "lateness.json").write_text(json.dumps({
            "real_seconds": direct.lateness.real, "drill_seconds": direct.lateness.drill,
        }), encoding="utf-8")  # fmt: skip
    return DONE


def run_whole(args: argparse.Namespace) -> int:
    """The whole drill at once: every move when it is due, and a player by the book or nobody."""
    home = the_drill(args.home)
    from tuyen.apps.surveillance.drills.play import director, refusals
    from tuyen.apps.surveillance.drills.trainee import ByTheBook
    from tuyen.apps.surveillance.operations.drills import EndDrill

    began, cpu = time.monotonic(), time.process_time()
    direct = director()
    player = ByTheBook(direct, args.waits) if args.trainee == "textbook" else None
    now, moved = direct.begins, 0
    while now < direct.ends:
        now = min(now + _TICK, direct.ends)
        moved += direct.step(now)
        if player is not None:
            player.act(now)
    _commit(EndDrill(reason="Hết thời gian diễn tập"), direct.ends)
    content = _write_result(home)
    wrong = refusals([*direct.refused, *(player.receipts if player else [])])
    for sentence in wrong:
        complain(sentence)
    spent = {"moves": moved, "seconds": round(time.monotonic() - began, 2),
             "cpu": round(time.process_time() - cpu, 2), "refused": len(wrong)}  # fmt: skip
    if args.json:
        say(json.dumps({**json.loads(content), "run": spent}, ensure_ascii=False))
    else:
        score = json.loads(content)["score"]
        say("{points} of 100 points; {cases} cases told, {spared} spared; {moves} moves in {seconds} s.",
            points=score["points"], cases=score["cases"], spared=score["spared"],
            moves=moved, seconds=spent["seconds"])  # fmt: skip
    return FINDINGS if wrong else DONE


def result() -> bytes:
    """What reality may keep of this drill, as it stands now."""
    from tuyen.apps.access import clock
    from tuyen.apps.access.actors import Actor
    from tuyen.apps.surveillance.queries.drills import drill_record_draft

    now = clock.now()
    record = drill_record_draft(by=Actor.program(now.date()), until=now)
    return msgspec.json.format(msgspec.json.encode(record), indent=1)


def bundle() -> bytes:
    """What happened on this side, signed for the other."""
    from tuyen.apps.access import clock, world
    from tuyen.apps.surveillance.drills import pairing

    return pairing.bundle(world.played() or {}, until=clock.now())


def take(content: bytes) -> int:
    """Take what happened on the other side; returns how much of it was new."""
    from tuyen.apps.access import clock, world
    from tuyen.apps.surveillance.drills import pairing

    return pairing.take(world.played() or {}, content, at=clock.now())


def _line() -> Line | None:
    """The line to the other side, on the side that opens it: it knows the other's address."""
    from tuyen.apps.access import world
    from tuyen.apps.surveillance.drills import meeting

    joint = meeting.joint_of(world.played() or {})
    return Line(dict(joint)) if joint is not None and joint.get("url") else None


def _speak(line: Line) -> None:
    before = line.trouble
    line.turn(bundle, take)
    if line.trouble and line.trouble != before:
        complain(line.trouble)


def _write_result(home: Path) -> bytes:
    content = result()
    aside = home / f".{RESULT}.part"
    aside.write_bytes(content)
    aside.replace(home / RESULT)
    return content


def _start_clock(speed: float) -> None:
    """Start a clock that was never started; one that somebody stopped stays so."""
    from tuyen.apps.access import clock
    from tuyen.apps.surveillance.drills import clockwork

    clockwork.wind()
    if speed > 0 and clockwork.never_started():
        _commit(clockwork.turned(speed=speed, real=clock.real_now()), clock.now())


def _pause(due: Any) -> float:
    """Seconds until something may be due: the clock may be turned meanwhile."""
    from tuyen.apps.access import clock, world

    pace = world.pace()
    at = pace.when(due) if pace is not None and due is not None else None
    if at is None:
        return _LONGEST
    return min(max((at - clock.real_now()).total_seconds(), _SHORTEST), _LONGEST)


def _commit(payload: Payload, at: Any) -> None:
    from tuyen.apps.access.actors import Actor
    from tuyen.apps.journal.services import commit
    from tuyen.kernel.ids import NODE

    operation = Operation.of(payload, unit=NODE, happened_on=at.date(), recorded_at=at)
    (receipt,) = commit(by=Actor.program(at.date(), channel="cli"), operations=[operation], at=at)
    if receipt.refusal is not None:
        raise receipt.refusal.refusal()
