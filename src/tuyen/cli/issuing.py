"""``tuyen certificate issue | key | trust | issuers | withdrawals``: what an installation signs, took
back, and whom it trusts."""

import argparse
import csv
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tuyen.cli.access import NoSuchLogin
from tuyen.cli.start import office
from tuyen.cli.terminal import DONE, FINDINGS, complain, say
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_, Refusal

if TYPE_CHECKING:
    from tuyen.engines.certificates.keys import Key
    from tuyen.engines.certificates.verdict import Verdict


class NobodyToCertify(Refusal):
    code = "cli.nobody-to-certify"
    message = N_(
        "Login {login} may not certify doses of person {person}, or there is none on record; name a"
        " person whose doses that post keeps."
    )


class NotCertifiable(Refusal):
    code = "cli.not-certifiable"
    message = N_(
        "For an international certificate name --dose, one dose with its lot, and --product, a code"
        " of rules/certificates/icvp_products.csv against the same disease."
    )


def add_parsers(verbs: Any) -> None:
    issue = verbs.add_parser("issue", help=_("sign a certificate of doses on record, and note it"))
    issue.add_argument("--person", required=True, type=UUID)
    issue.add_argument("--login", required=True, help=_("who issues it; their post must allow it"))
    issue.add_argument("--kind", choices=("booklet", "international"), default="booklet")
    issue.add_argument("--dose", type=UUID, help=_("the dose of an international certificate"))
    issue.add_argument("--product", default="", help=_("its product, by WHO's code"))
    issue.add_argument(
        "--out",
        required=True,
        type=Path,
        metavar="FILE",
        help=_("the QR as SVG or PNG, or its text"),
    )
    issue.set_defaults(run=run_issue)
    key = verbs.add_parser(
        "key", help=_("write this installation's certificate, for others to trust")
    )
    key.add_argument("--out", required=True, type=Path, metavar="CERT.pem")
    key.set_defaults(run=run_key)
    trust = verbs.add_parser("trust", help=_("trust an issuer from now on"))
    trust.add_argument("file", type=Path, metavar="CERT")
    trust.set_defaults(run=run_trust)
    issuers = verbs.add_parser("issuers", help=_("the issuers that are trusted here"))
    issuers.set_defaults(run=run_issuers)
    back = verbs.add_parser("withdrawals", help=_("the certificates that were withdrawn, as CSV"))
    back.set_defaults(run=run_withdrawals)
    for parser in (issue, key, trust, issuers, back):
        parser.add_argument("--home", metavar="DIR", help=_("folder of the installation"))


def verified(home: str | None, text: str, at: datetime) -> "Verdict":
    """The verdict of an installation: by the keys that it trusts and what was withdrawn there."""
    office(home)
    from tuyen.apps.access import clock
    from tuyen.apps.access.actors import Actor
    from tuyen.apps.immunization import certifying

    return certifying.verify(text, at, by=Actor.program(clock.today(), channel="cli"))


def run_withdrawals(args: argparse.Namespace) -> int:
    """The register of withdrawals as CSV: digests, keys and days, no name and no reason."""
    office(args.home)
    from tuyen.apps.access import clock
    from tuyen.apps.access.actors import Actor
    from tuyen.apps.immunization.queries.certificates import Withdrawn, withdrawals

    rows = withdrawals(by=Actor.program(clock.today(), channel="cli"))
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(Withdrawn._fields)
    out.writerows([value.isoformat() if isinstance(value, date) else value for value in row]
                  for row in rows)  # fmt: skip
    return DONE


def run_issue(args: argparse.Namespace) -> int:
    """Sign, commit, and write the code; nothing is written where the journal refused."""
    office(args.home)
    from tuyen.apps.access import clock, policies, queries
    from tuyen.apps.immunization import certifying
    from tuyen.apps.immunization import queries as immunization
    from tuyen.apps.immunization.queries.certificates import ISSUE
    from tuyen.apps.journal.services import commit
    from tuyen.apps.registry import queries as registry

    actor = queries.actor_by_login(args.login, on=clock.today(), channel="cli")
    if actor is None:
        raise NoSuchLogin(login=args.login)
    card = registry.person(by=actor, id=args.person)
    rows = immunization.doses(by=actor, people=[args.person])
    doses = [one for held in rows.values() for one in held if one.counted]
    units = [post.unit for post in actor.posts if policies.may(actor, ISSUE, post.unit)]
    if card is None or not doses or not units:
        raise NobodyToCertify(login=args.login, person=args.person)
    if args.kind == "international":
        doses = [one for one in doses if one.id == args.dose]
        if not doses or args.product not in certifying.accepted_abroad(doses[0]):
            raise NotCertifiable()
    now = clock.now()
    operation, written = certifying.prepare(
        certifying.Holder(card.row.name, card.row.born_on, card.row.sex), card.row.id, doses,
        kind=certifying.KINDS[args.kind], unit=units[0], at=now, product=args.product,
    )  # fmt: skip
    (receipt,) = commit(by=actor, operations=[operation], at=now)
    if receipt.refusal is not None:
        complain(receipt.refusal.refusal())
        return FINDINGS
    _draw(args.out, written.text)
    say(N_("certificate {id}, number {position} in the journal"), id=operation.id,
        position=receipt.position)  # fmt: skip
    return DONE


def run_key(args: argparse.Namespace) -> int:
    office(args.home)
    from tuyen.apps.access import clock
    from tuyen.apps.immunization import keyring

    kid = keyring.own(clock.now()).key.kid.hex()
    args.out.write_bytes(keyring.certificate() or b"")
    say(N_("{path}: key {kid}"), path=args.out, kid=kid)
    return DONE


def run_trust(args: argparse.Namespace) -> int:
    office(args.home)
    from tuyen.apps.immunization import keyring

    _say_key(keyring.trust(args.file))
    return DONE


def run_issuers(args: argparse.Namespace) -> int:
    """The ring, one issuer a line; 1 where a file of it is no certificate."""
    office(args.home)
    from tuyen.apps.immunization import keyring

    for key in keyring.ring():
        _say_key(key)
    bad = keyring.unreadable()
    for path in bad:
        complain(N_("{path} is no certificate; mend or remove it"), path=path)
    return FINDINGS if bad else DONE


def _say_key(key: "Key") -> None:
    shown = "".join(sign if sign.isprintable() else "�" for sign in f"{key.country} {key.name}")
    kinds = "".join(sorted(key.kinds)) if key.kinds is not None else "*"
    print(f"{key.kid.hex()}\t{kinds}\t{shown}")


def _draw(path: Path, text: str) -> None:
    """The code as a picture by the name's ending; otherwise its text."""
    from tuyen.kernel import qr

    if path.suffix.lower() == ".svg":
        path.write_text(qr.svg(text, "L"), encoding="utf-8")
    elif path.suffix.lower() == ".png":
        path.write_bytes(qr.png(text, "L"))
    else:
        path.write_text(text + "\n", encoding="utf-8")
