"""``tuyen journal verify | replay | head``: prove the journal, rebuild from it, note its end."""

import argparse
import json
from typing import Any

from tuyen.cli.start import office
from tuyen.cli.terminal import DONE, FINDINGS, bar, complain, say
from tuyen.kernel.refusal import N_, Refusal


class BadAnchor(Refusal):
    code = "cli.bad-anchor"
    message = N_(
        "{value} is not an anchor; expected POSITION:DIGEST as `tuyen journal head` prints."
    )


def add_parsers(commands: Any) -> None:
    journal = commands.add_parser("journal", help="prove the journal; rebuild from it")
    verbs = journal.add_subparsers(dest="verb", metavar="VERB", required=True)
    verify = verbs.add_parser("verify", help="find any changed, missing or reordered entry")
    verify.add_argument(
        "--anchor", metavar="POSITION:DIGEST", help="an end noted earlier, kept outside"
    )
    verify.set_defaults(run=run_verify)
    replay = verbs.add_parser("replay", help="rebuild every table in a scratch store and compare")
    replay.set_defaults(run=run_replay)
    head = verbs.add_parser("head", help="print the end of the chain, to be kept outside")
    head.set_defaults(run=run_head)
    for parser in (verify, replay, head):
        parser.add_argument("--home", metavar="DIR", help="folder of the installation")
        parser.add_argument("--json", action="store_true", help="for programs")


def run_verify(args: argparse.Namespace) -> int:
    office(args.home)
    from tuyen.apps.journal.verify import verify

    proof = verify(anchor=_anchor(args.anchor), progress=bar("verify"))
    if args.json:
        say(json.dumps({
            "sound": proof.sound, "entries": proof.entries, "head": proof.head_digest,
            "faults": [{"position": f.position, "what": f.what, "detail": f.detail}
                       for f in proof.faults],
        }))  # fmt: skip
    elif proof.sound:
        say(
            f"{proof.entries} entries, each as it was sealed; head {proof.head_position}:"
            f"{proof.head_digest}"
        )
    for fault in proof.faults:
        complain(f"journal entry {fault.position}, {fault.what}: {fault.detail}")
    return DONE if proof.sound else FINDINGS


def run_replay(args: argparse.Namespace) -> int:
    office(args.home)
    from tuyen.apps.journal.replay import replay

    rebuilt = replay(progress=bar("replay"))
    if args.json:
        say(json.dumps({
            "same": rebuilt.same, "operations": rebuilt.operations, "failed": rebuilt.failed[:20],
            "tables": {t.table: {"rows": t.rows, "missing": t.missing, "extra": t.extra,
                                 "changed": t.changed} for t in rebuilt.tables},
        }))  # fmt: skip
    else:
        say(f"{rebuilt.operations} operations applied to an empty store")
        for table in rebuilt.tables:
            say(f"  {table.table:40} {table.rows:>10} rows  {'same' if table.same else 'DIFFERS'}")
    for table in rebuilt.tables:
        for word in ("missing", "extra", "changed"):
            for key in getattr(table, word):
                complain(f"{table.table}: row {key} is {word} after the replay")
    for failure in rebuilt.failed[:20]:
        complain(f"an accepted operation was refused in the replay: {failure}")
    return DONE if rebuilt.same else FINDINGS


def run_head(args: argparse.Namespace) -> int:
    office(args.home)
    from tuyen.apps.journal.queries import head

    epoch, position, digest = head()
    text = json.dumps({"epoch": str(epoch), "position": position, "digest": digest})
    say(text if args.json else f"{position}:{digest}")
    return DONE


def _anchor(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    position, _, digest = text.partition(":")
    if not position.isdigit() or len(digest) != 64:
        raise BadAnchor(value=text)
    return int(position), digest.lower()
