"""``tuyen journal verify | replay | head | anchor``: prove, rebuild, note its end outside."""

import argparse
import json
from pathlib import Path
from typing import Any

from tuyen.cli.start import office
from tuyen.cli.terminal import DONE, FINDINGS, bar, complain, say
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_, Refusal


class BadAnchor(Refusal):
    code = "cli.bad-anchor"
    message = N_(
        "{value} is not an anchor; expected POSITION:DIGEST as `tuyen journal head` prints."
    )


class NowhereToAnchor(Refusal):
    code = "cli.nowhere-to-anchor"
    message = N_("Say where the end is to be noted: --file F, --qr F.svg, or both.")


_DIFFERENCES = {
    "missing": N_("{table}: row {row} is missing after the replay"),
    "extra": N_("{table}: row {row} is extra after the replay"),
    "changed": N_("{table}: row {row} is changed after the replay"),
}


def add_parsers(commands: Any) -> None:
    journal = commands.add_parser("journal", help=_("prove the journal; rebuild from it"))
    verbs = journal.add_subparsers(dest="verb", metavar="VERB", required=True)
    verify = verbs.add_parser("verify", help=_("find any changed, missing or reordered entry"))
    verify.add_argument(
        "--anchor", metavar="POSITION:DIGEST", help=_("an end noted earlier, kept outside")
    )
    verify.add_argument(
        "--anchor-file", metavar="F", help=_("all the ends that `tuyen journal anchor` noted in F")
    )
    verify.set_defaults(run=run_verify)
    replay = verbs.add_parser(
        "replay", help=_("rebuild every table in a scratch store and compare")
    )
    replay.set_defaults(run=run_replay)
    head = verbs.add_parser("head", help=_("print the end of the chain, to be kept outside"))
    head.set_defaults(run=run_head)
    anchor = verbs.add_parser(
        "anchor", help=_("note the end of the chain in a file, or as a QR code")
    )
    anchor.add_argument("--file", metavar="F", help=_("add a line to this file, kept outside"))
    anchor.add_argument("--qr", metavar="F.svg", help=_("write a QR code to be printed"))
    anchor.set_defaults(run=run_anchor)
    for parser in (verify, replay, head, anchor):
        parser.add_argument("--home", metavar="DIR", help=_("folder of the installation"))
        parser.add_argument("--json", action="store_true", help=_("for programs"))


def run_verify(args: argparse.Namespace) -> int:
    office(args.home)
    from tuyen.apps.journal import anchors
    from tuyen.apps.journal.verify import verify

    kept = _anchor(args.anchor)
    if args.anchor_file:
        kept += [(one.position, one.digest) for one in anchors.read(Path(args.anchor_file))]
    proof = verify(anchors=kept, progress=bar("verify"))
    if args.json:
        say(json.dumps({
            "sound": proof.sound, "entries": proof.entries, "head": proof.head_digest,
            "faults": [{"position": f.position, "what": f.what, "detail": f.detail}
                       for f in proof.faults],
        }))  # fmt: skip
    elif proof.sound:
        say(
            "{count} entries, each as it was sealed; head {head}",
            count=proof.entries, head=f"{proof.head_position}:{proof.head_digest}",
        )  # fmt: skip
        if kept:
            say("{count} anchors, each in its place", count=len(kept))
    for fault in proof.faults:
        complain(
            "journal entry {position}, {what}: {detail}",
            position=fault.position, what=fault.what, detail=fault.detail,
        )  # fmt: skip
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
        say("{count} operations applied to an empty store", count=rebuilt.operations)
        for table in rebuilt.tables:
            state = _("same") if table.same else _("DIFFERS")
            say("  {table:40} {rows:>10} rows  {state}", table=table.table, rows=table.rows,
                state=state)  # fmt: skip
    for table in rebuilt.tables:
        for word, sentence in _DIFFERENCES.items():
            for key in getattr(table, word):
                complain(sentence, table=table.table, row=key)
    for failure in rebuilt.failed[:20]:
        complain("an accepted operation was refused in the replay: {what}", what=failure)
    return DONE if rebuilt.same else FINDINGS


def run_head(args: argparse.Namespace) -> int:
    office(args.home)
    from tuyen.apps.journal.queries import head

    epoch, position, digest = head()
    text = json.dumps({"epoch": str(epoch), "position": position, "digest": digest})
    say(text if args.json else f"{position}:{digest}")
    return DONE


def run_anchor(args: argparse.Namespace) -> int:
    if not args.file and not args.qr:
        raise NowhereToAnchor()
    office(args.home)
    from tuyen.apps.access.clock import real_now
    from tuyen.apps.journal import anchors
    from tuyen.apps.journal.queries import head

    anchor = anchors.noted(head(), real_now())
    if args.file:
        anchors.append(Path(args.file), anchor)
    if args.qr:
        anchors.write_qr(Path(args.qr), anchor)
    fields = {"at": anchor.at, "epoch": str(anchor.epoch), "position": anchor.position,
              "digest": anchor.digest}  # fmt: skip
    say(json.dumps(fields) if args.json else str(anchor))
    return DONE


def _anchor(text: str | None) -> list[tuple[int, str]]:
    if text is None:
        return []
    position, _, digest = text.partition(":")
    if not position.isdigit() or len(digest) != 64:
        raise BadAnchor(value=text)
    return [(int(position), digest.lower())]
