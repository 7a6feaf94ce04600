"""Judge one certificate: who signed it, is it untouched, does it hold on that day, is its form right."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tuyen.engines.certificates import message as layers
from tuyen.engines.certificates.content import Fault, faults
from tuyen.engines.certificates.keys import Key, signature_holds

VALID = "valid"
STATUSES = (
    VALID, "withdrawn", "expired", "not-yet", "unknown-issuer", "altered", "not-permitted", "malformed",
    "unreadable",
)  # fmt: skip
"""In words: `valid` is the only good one. `malformed` is signed by a trusted key and badly filled in;
`withdrawn` is said by who keeps a register of withdrawals, and never by :func:`judge` itself."""

KINDS = ("v", "t", "r")


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of content this verifier knows, and the lists they name.

    ``by_key``: form by its key inside the claim -260 (1: EU, -6: WHO). ``closed``: names of faults
    that make a certificate malformed; a code missing from a list is only a remark.
    """

    by_key: Mapping[int, Mapping[str, Any]]
    lists: Mapping[str, Collection[str]]
    limits: layers.Limits = layers.LIMITS
    leeway: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found. ``content`` is foreign text: show it escaped, and only as text.

    ``layer``: where reading stopped. ``faults``: departures from the form. ``form``: its name.
    ``issued`` and ``expires``: UTC; None where not said.
    """

    status: str
    layer: str = ""
    form: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    key: Key | None = None
    issuer: str = ""
    issued: datetime | None = None
    expires: datetime | None = None
    kid: str = ""
    withdrawn: datetime | None = None


def judge(text: str, keys: Iterable[Key], at: datetime, forms: Forms) -> Verdict:
    """The verdict on the text of a QR at the moment ``at`` (aware). Never raises on any text.

    The first of these that holds: unreadable, unknown issuer, altered, not permitted to the key,
    malformed, not yet or no longer in force, valid.
    """
    try:
        held = layers.open_text(text, forms.limits)
    except layers.Broken as broken:
        return Verdict("unreadable", layer=broken.layer)
    name, content = _content(held, forms)
    said = Verdict(
        VALID,
        form=name,
        content=content,
        issuer=held.issuer[:200],
        issued=_moment(held.issued),
        expires=_moment(held.expires),
        kid=(held.kid or b"").hex()[:64],
    )
    known = [key for key in keys if key.kid == held.kid]
    if not known:
        return _with(said, "unknown-issuer")
    key = next((key for key in known if signature_holds(held, key)), None)
    if key is None:
        return _with(said, "altered", key=known[0])
    if not name:
        return _with(said, "malformed", key=key, layer="claims")
    kinds = kinds_of(content)
    if not key.may_sign(kinds):
        return _with(said, "not-permitted", key=key)
    form = next(form for form in forms.by_key.values() if form["name"] == name)
    found = tuple(faults(content, form, forms.lists, issued_on=day_of(held.issued)))
    if any(fault.what != "list" for fault in found):
        return _with(said, "malformed", key=key, found=found)
    return _with(said, _in_time(held, key, at, forms.leeway), key=key, found=found)


def in_force(held: layers.Message, at: datetime, leeway: int = 0) -> bool:
    """Whether ``at`` lies from the issue to the expiry that the token itself states (seconds of leeway).

    No expiry is no certificate; no day of issue is allowed.
    """
    now = at.timestamp()
    if held.expires is None:
        return False
    return now <= held.expires + leeway and (held.issued is None or held.issued - leeway <= now)


def kinds_of(content: Mapping[str, Any]) -> list[str]:
    """The statements that an EU certificate makes: "v", "t", "r"."""
    return [kind for kind in KINDS if content.get(kind)]


def day_of(seconds: float | None) -> str:
    """The day (UTC) of a moment in seconds, ISO; empty for none."""
    moment = _moment(seconds)
    return moment.date().isoformat() if moment else ""


def _content(held: layers.Message, forms: Forms) -> tuple[str, Mapping[str, Any]]:
    """Name of the first known form in the claim, and its content as plain values."""
    for key, form in forms.by_key.items():
        if key in held.certificates:
            content = layers.plain(held.certificates[key])
            return form["name"], content if isinstance(content, dict) else {}
    return "", {}


def _in_time(held: layers.Message, key: Key, at: datetime, leeway: int) -> str:
    now = at.timestamp()
    if held.expires is None or now > held.expires + leeway or now > key.until + leeway:
        return "expired"
    early = held.issued is not None and now < held.issued - leeway
    return "not-yet" if early or now < key.since - leeway else VALID


def _moment(seconds: float | None) -> datetime | None:
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _with(
    said: Verdict,
    status: str,
    *,
    key: Key | None = None,
    found: tuple[Fault, ...] = (),
    layer: str = "",
) -> Verdict:
    return Verdict(
        status, layer, said.form, said.content, found, key,
        said.issuer, said.issued, said.expires, said.kid,
    )  # fmt: skip
