"""``tuyen certificate verify | check | issue | key | trust | issuers``: certificates with a QR code.

Verifying and checking need no network and no database.
"""

import argparse
import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tuyen.cli import issuing
from tuyen.cli.csv_files import spare, write_json
from tuyen.cli.terminal import DONE, FINDINGS, say
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_, Refusal

if TYPE_CHECKING:
    from tuyen.engines.certificates.keys import Key
    from tuyen.engines.certificates.verdict import Forms, Verdict

PICTURES = {".png", ".jpg", ".jpeg", ".webp"}


class BadCases(Refusal):
    code = "cli.certificate-bad-cases"
    message = N_(
        "{path}: not a certificate test file; expected one JSON object with PREFIX, COSE or another"
        " layer, a list of them, or one on each line."
    )


class BadKey(Refusal):
    code = "cli.certificate-bad-key"
    message = N_("{path}: {why}; expected the X.509 certificate of an issuer, as PEM or DER.")


class BadMoment(Refusal):
    code = "cli.certificate-bad-moment"
    message = N_("{value} is not a moment; write it as 2026-11-26 or 2026-11-26T14:30:00+07:00.")


def add_parsers(commands: Any) -> None:
    certificate = commands.add_parser(
        "certificate", help=_("judge health certificates with a QR code, without a network")
    )
    verbs = certificate.add_subparsers(dest="verb", metavar="VERB", required=True)
    verify = verbs.add_parser("verify", help=_("say who signed a certificate and whether it holds"))
    verify.add_argument(
        "certificate", metavar="FILE|TEXT", help=_("a picture, a text file, or the text HC1:...")
    )
    verify.add_argument(
        "--key", action="append", default=[], type=Path, metavar="CERT",
        help=_("certificate of an issuer to trust, PEM or DER; may be given several times"),
    )  # fmt: skip
    verify.add_argument("--at", metavar="TIME", help=_("the moment to judge it at (now)"))
    verify.add_argument("--json", action="store_true", help=_("for programs"))
    verify.set_defaults(run=run_verify)
    verify.add_argument("--home", metavar="DIR", help=_("folder of the installation"))
    check = verbs.add_parser(
        "check", help=_("answer the assertions of files in the form of the EU's public test data")
    )
    check.add_argument("file", nargs="+", type=Path, metavar="FILE.json")
    check.add_argument("--out", required=True, type=Path, metavar="OUT.json")
    check.set_defaults(run=run_check)
    issuing.add_parsers(verbs)


def run_verify(args: argparse.Namespace) -> int:
    """0 for a certificate that holds, 1 for any other, 2 for input that cannot be used."""
    from tuyen.engines.certificates.verdict import judge

    known = forms()
    at, keys = _at(args.at), [_key(path) for path in args.key]
    text = _text(args.certificate)
    verdict = judge(text, keys, at, known) if keys else issuing.verified(args.home, text, at)
    if args.json:
        say(json.dumps(as_json(verdict), ensure_ascii=False, sort_keys=True))
    else:
        _tell(verdict)
    return DONE if verdict.status == "valid" else FINDINGS


def run_check(args: argparse.Namespace) -> int:
    """Write the answers; they agree with what is expected or not, the command is done either way."""
    from tuyen.engines.certificates.conformance import answers
    from tuyen.engines.certificates.picture import read_qr

    spare(args.out, args.file)
    known = forms()
    cases = [case for path in args.file for case in read_cases(path)]
    results = []
    agreed = asserted = 0
    for name, case in cases:
        found = answers(case, known, read_qr)
        expected = case.get("EXPECTEDRESULTS")
        wanted = expected if isinstance(expected, dict) else {}
        both = [key for key in found if isinstance(wanted.get(key), bool)]
        differs = [key for key in both if wanted[key] != found[key]]
        asserted += len(both)
        agreed += len(both) - len(differs)
        results.append({"id": name, "answers": found, "differs": differs})
    single = len(args.file) == 1 and len(results) == 1
    write_json(args.out, results[0]["answers"] if single else {"results": results})
    say(
        N_("{agreed} of {asserted} assertions agree; {count} files answered"),
        agreed=agreed,
        asserted=asserted,
        count=len(results),
    )
    return DONE


def forms() -> "Forms":
    """The forms, lists and limits that the rules give, for the engine."""
    from tuyen.engines.certificates.message import Limits
    from tuyen.engines.certificates.verdict import Forms
    from tuyen.rules.certificates import forms as rules

    said = rules.limits()
    limits = Limits(*(said["limits"][name] for name in Limits._fields))
    return Forms(rules.forms(), rules.lists(), limits, said["leeway"]["clock"])


def as_json(verdict: "Verdict") -> dict[str, Any]:
    """A verdict for programs."""
    return {
        "status": verdict.status,
        "layer": verdict.layer,
        "form": verdict.form,
        "issuer": verdict.issuer,
        "kid": verdict.kid,
        "key": verdict.key.name if verdict.key else "",
        "issued": verdict.issued.isoformat() if verdict.issued else None,
        "expires": verdict.expires.isoformat() if verdict.expires else None,
        "withdrawn": verdict.withdrawn.isoformat() if verdict.withdrawn else None,
        "faults": [{"where": fault.where, "what": fault.what} for fault in verdict.faults],
        "content": verdict.content,
    }


def read_cases(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Cases of a file, with their names: one object, a list, ``{"cases": [...]}``, or one a line."""
    content = path.read_bytes()
    try:
        text = (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode(
            "utf-8-sig"
        )
        try:
            held = json.loads(text)
        except json.JSONDecodeError:
            held = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, OSError, EOFError) as error:
        raise BadCases(path=path) from error
    if isinstance(held, dict) and isinstance(held.get("cases"), list):
        held = held["cases"]
    cases = held if isinstance(held, list) else [held]
    if not all(isinstance(case, dict) for case in cases):
        raise BadCases(path=path)
    for number, case in enumerate(cases, start=1):
        named = case.get("file") or case.get("id")
        yield (
            str(named) if named else path.name if len(cases) == 1 else f"{path.name}#{number}",
            case,
        )


def _text(given: str) -> str:
    """The text of a certificate: itself, or out of a picture or a text file."""
    from tuyen.engines.certificates.picture import read_qr

    path = Path(given)
    if given.lstrip().startswith("HC1:") or len(given) > 400 or not path.is_file():
        return given
    content = path.read_bytes()
    if path.suffix.lower() in PICTURES:
        return read_qr(content) or ""
    return content[:100_000].decode("utf-8", "replace")


def _key(path: Path) -> "Key":
    from tuyen.engines.certificates.keys import BadCertificate, read_certificate

    try:
        return read_certificate(path.read_bytes())
    except BadCertificate as error:
        raise BadKey(path=path, why=str(error)) from error


def _at(given: str | None) -> datetime:
    from tuyen.engines.certificates.conformance import read_clock

    if given is None:
        return datetime.now(UTC)
    moment = read_clock(given)
    if moment is None:
        raise BadMoment(value=given)
    return moment


def _tell(verdict: "Verdict") -> None:
    from tuyen.rules.certificates import words

    say(words.STATUS[verdict.status])
    if verdict.layer:
        say(f"  {_(words.LAYER[verdict.layer])}")
    for label, value in (
        (N_("issuer"), verdict.issuer),
        (N_("signing key"), f"{verdict.kid} {verdict.key.name if verdict.key else ''}".strip()),
        (N_("issued on"), verdict.issued),
        (N_("expires on"), verdict.expires),
    ):
        if value:
            say(f"  {_(label)}: {_printable(str(value))}")
    for fault in verdict.faults:
        say(f"  {fault.where}: {_(words.FAULT[fault.what])}")
    for where, value in _leaves(verdict.content):
        say(f"  {_printable(where)}: {_printable(value)}")


def _leaves(content: Any, where: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(content, dict):
        for key, inner in content.items():
            yield from _leaves(inner, f"{where}.{key}" if where else str(key))
    elif isinstance(content, list):
        for number, inner in enumerate(content):
            yield from _leaves(inner, f"{where}.{number}")
    else:
        yield where, str(content)


def _printable(text: str) -> str:
    """Foreign text without signs that steer a terminal."""
    return "".join(sign if sign.isprintable() else "�" for sign in text)[:400]
