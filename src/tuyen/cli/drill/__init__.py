"""``tuyen drill``: a walled copy of the province, a scripted outbreak, a clock, and a score."""

import argparse
import json
import os
from pathlib import Path
from typing import Any

from tuyen.cli.start import DRILL, office
from tuyen.cli.terminal import DONE, FINDINGS, complain, language, say
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_, Refusal

RESULT = "result.json"
"""In the folder of a drill that ended: what reality may keep of it."""


class NotADrill(Refusal):
    code = "cli.not-a-drill"
    message = N_("{home} holds no drill; `tuyen drill start SCENARIO` makes one.")


class NoResult(Refusal):
    code = "cli.no-drill-result"
    message = N_("{path} is not the result of a drill: {what}")


class OutOfRange(Refusal):
    code = "cli.drill-option"
    message = N_("{option} is {value}; expected {least} to {most}.")


def add_parsers(commands: Any) -> None:
    drill = commands.add_parser("drill", help=_("play an outbreak in a walled copy, and score it"))
    verbs = drill.add_subparsers(dest="verb", metavar="VERB", required=True)
    verbs.add_parser("list", help=_("the scenarios")).set_defaults(run=run_list)
    start = verbs.add_parser("start", help=_("make the walled copy and play in it"))
    run = verbs.add_parser("run", help=_("play a whole drill at once, without people"))
    for parser in (start, run):
        parser.add_argument("scenario", metavar="SCENARIO")
        parser.add_argument(
            "--from", dest="source", metavar="HOME", help=_("the installation to copy")
        )
        parser.add_argument("--home", metavar="DIR", help=_("folder of the drill"))
        parser.add_argument("--seed", type=int, default=1, help=_("another seed, another outbreak"))
        parser.add_argument("--side", choices=("A", "B"), default="A",
                            help=_("which side of the border, in a joint drill"))  # fmt: skip
        parser.add_argument("--pair", metavar="FILE",
                            help=_("the pairing file of a joint drill; made when it is not there"))  # fmt: skip
        parser.add_argument("--join", metavar="URL",
                            help=_("the drill that waits as side A of a joint drill"))  # fmt: skip
        parser.add_argument("--code", metavar="CODE", help=_("the code that side A read out"))
    start.add_argument("--speed", type=float, default=60.0,
                       help=_("how fast its clock runs at first, 0 to 500 (default 60)"))  # fmt: skip
    start.add_argument("--port", type=int, default=0, help=_("0 takes a free one"))
    start.add_argument("--no-serve", action="store_true", help=_("make it and stop"))
    start.set_defaults(run=run_start)
    run.add_argument("--trainee", choices=("textbook", "none"), default="textbook",
                     help=_("who plays: somebody by the book, or nobody"))  # fmt: skip
    run.add_argument("--waits", type=float, default=3.0, help=_("hours after which they act"))
    run.add_argument("--json", action="store_true", help=_("for programs"))
    run.set_defaults(run=run_whole)
    for name, call, text in (
        ("serve", run_serve, _("serve a drill that was made, and play on")),
        ("play", run_play, _("only play the people whom nobody plays")),
        ("score", run_score, _("what it came to so far")),
    ):
        parser = verbs.add_parser(name, help=text)
        parser.add_argument("--home", metavar="DIR", required=True, help=_("folder of the drill"))
        parser.set_defaults(run=call)
        if name == "serve":
            parser.add_argument("--port", type=int, default=0, help=_("0 takes the one it had"))
        if name == "score":
            parser.add_argument("--out", metavar="FILE", help=_("write what reality may keep"))
    code = verbs.add_parser("code", help=_("a code by which another drill is paired with this one"))
    code.add_argument("--home", metavar="DIR", required=True, help=_("folder of the drill"))
    code.set_defaults(run=run_code)
    record = verbs.add_parser(
        "record", help=_("keep the result of a drill in the real installation")
    )
    record.add_argument("file", metavar="RESULT", help=_("the result.json of the drill's folder"))
    record.add_argument("--home", metavar="DIR", help=_("folder of the real installation"))
    record.add_argument("--login", metavar="LOGIN", help=_("in whose name"))
    record.set_defaults(run=run_record)
    send = verbs.add_parser("send", help=_("write what happened here for the other side"))
    send.add_argument("--home", metavar="DIR", required=True, help=_("folder of the drill"))
    send.add_argument("--out", metavar="FILE", required=True)
    send.set_defaults(run=run_send)
    take = verbs.add_parser("take", help=_("take what happened on the other side"))
    take.add_argument("file", metavar="FILE")
    take.add_argument("--home", metavar="DIR", required=True, help=_("folder of the drill"))
    take.set_defaults(run=run_take)


def run_list(args: argparse.Namespace) -> int:
    from tuyen.rules.surveillance.drills import scenarios

    for scenario in scenarios():
        name = scenario.name[language()]
        say(f"{scenario.id:24} {scenario.days:>3} d  {name}")
    return DONE


def run_start(args: argparse.Namespace) -> int:
    """Make the copy, print how to get in, and become the program that serves it."""
    from tuyen.cli.drill import making

    _check(args)
    home, mark = making.make(args)
    _introduce(home, mark)
    if args.no_serve:
        return DONE
    making.become(["drill", "serve", "--home", str(home)])
    return DONE


def run_whole(args: argparse.Namespace) -> int:
    """Make the copy, and play it to its end at once in a program that knows nothing of reality."""
    if "TUYEN_DRILL_RUN" in os.environ:
        from tuyen.cli.drill import playing

        return playing.run_whole(args)
    from tuyen.cli.drill import making

    args.speed, args.port = 0.0, 0
    _check(args)
    home, _mark = making.make(args)
    making.become(
        ["drill", "run", args.scenario, "--home", str(home), "--trainee", args.trainee,
         "--waits", str(args.waits), *(["--json"] if args.json else [])],
        TUYEN_DRILL_RUN="1",
    )  # fmt: skip
    return DONE


def run_serve(args: argparse.Namespace) -> int:
    from tuyen.cli.drill import playing

    return playing.serve(the_drill(args.home), args.port)


def run_play(args: argparse.Namespace) -> int:
    from tuyen.cli.drill import playing

    return playing.play(the_drill(args.home))


def run_score(args: argparse.Namespace) -> int:
    from tuyen.cli.drill import playing

    the_drill(args.home)
    made = playing.result()
    if args.out:
        Path(args.out).write_bytes(made)
    say(json.dumps(json.loads(made)["score"], ensure_ascii=False))
    return DONE


def run_code(args: argparse.Namespace) -> int:
    """Print the code to be read out to the other side, and where that side finds this one."""
    the_drill(args.home)
    from tuyen.apps.access import clock, world
    from tuyen.apps.surveillance.drills import meeting

    code, mark = meeting.invite(clock.real_now()), world.played() or {}
    say("{code}", code=code)
    say("There: tuyen drill start {scenario} --join http://127.0.0.1:{port} --code {code}",
        scenario=mark["scenario"], port=mark["port"], code=code)  # fmt: skip
    return DONE


def run_record(args: argparse.Namespace) -> int:
    """Take the numbers and findings of a drill into reality: the one thing that may leave it."""
    path = Path(args.file).expanduser()
    office(args.home)
    from tuyen.apps.access import clock
    from tuyen.apps.access.actors import Actor
    from tuyen.apps.access.queries import actor_by_login
    from tuyen.apps.journal.services import commit
    from tuyen.apps.surveillance.operations.drills import RecordDrill
    from tuyen.kernel.ids import NODE
    from tuyen.kernel.operation import Operation

    record = read_result(path, RecordDrill)
    now = clock.now()
    by = Actor.program(now.date(), channel="cli")
    if args.login:
        by = actor_by_login(args.login, on=now.date(), channel="cli") or by
    unit = by.posts[0].unit if by.posts else NODE
    (receipt,) = commit(
        by=by, at=now,
        operations=[Operation.of(record, unit=unit, happened_on=now.date(), recorded_at=now)],
    )  # fmt: skip
    if receipt.refusal is not None:
        complain(receipt.refusal.refusal())
        return FINDINGS
    say("Kept: {points} of 100 points, {findings} findings.", points=record.score.points,
        findings=len(record.findings))  # fmt: skip
    return DONE


def run_send(args: argparse.Namespace) -> int:
    from tuyen.cli.drill import playing

    the_drill(args.home)
    Path(args.out).write_bytes(playing.bundle())
    say("{file}: written", file=args.out)
    return DONE


def run_take(args: argparse.Namespace) -> int:
    from tuyen.cli.drill import playing

    content = Path(args.file).read_bytes()
    the_drill(args.home)
    say("{n} notices of the other side were taken.", n=playing.take(content))
    return DONE


def read_result(path: Path, shape: Any) -> Any:
    """The result in a file, of exactly the form that reality may keep."""
    import msgspec

    try:
        return msgspec.json.decode(path.read_bytes(), type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NoResult(path=path, what=str(error)) from None


def the_drill(home: str) -> Path:
    """Work in the folder of a drill, or refuse: no verb that plays ever works on reality."""
    path = Path(home).expanduser().resolve()
    if not (path / DRILL).is_file():
        raise NotADrill(home=path)
    office(str(path))
    return path


def _check(args: argparse.Namespace) -> None:
    for option, value, least, most in (
        ("--speed", args.speed, 0, 500), ("--seed", args.seed, 0, 2**31),
        ("--port", args.port, 0, 65535),
    ):  # fmt: skip
        if not least <= value <= most:
            raise OutOfRange(option=option, value=value, least=least, most=most)


def _introduce(home: Path, mark: dict[str, Any]) -> None:
    say()
    say("BUỔI DIỄN TẬP · DRILL · 演练")
    say("{scenario}, in {home}. Nothing of it reaches the real installation.",
        scenario=mark["name"][language()], home=home)  # fmt: skip
    say("Every login of the drill has the password  {password}", password=mark["password"])
    say()
    for login in mark["logins"]:
        say(f"  {login['login']:<13} {login['title']}, {login['unit']}")
    say(f"\nhttp://127.0.0.1:{mark['port']}/drills/\n")
