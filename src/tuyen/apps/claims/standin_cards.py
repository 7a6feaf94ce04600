"""What the stand-in says of a card: the documented codes, found in the order in which they matter."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tuyen.engines.claims.cards import card_days
from tuyen.rules.claims import lookup

OWN_GROUPS = {"QN": "001", "CA": "002"}
"""Cards that the army and the police keep themselves, by the first two letters."""
ASKED = ("maThe", "hoTen", "ngaySinh")


def answer(fields: Mapping[str, str], held: Mapping[str, Any] | None, on: date) -> dict[str, Any]:
    """The answer to a look-up of a card.

    ``held``: what is known of the card (``hoTen``, ``ngaySinh`` as dd/mm/yyyy, ``gtTheTu``, ``gtTheDen``,
    ``maTheMoi``; a ``maKetQua`` of its own stands, for a card that was withdrawn or closed); None where
    there is no such card.
    """
    code = _code(fields, held, on)
    told = dict(held or {}) if lookup.says(code) in ("good", "ended") else {}
    return {**told, "maKetQua": code, "ghiChu": lookup.said(code, "vi")}


def _code(fields: Mapping[str, str], held: Mapping[str, Any] | None, on: date) -> str:
    if not all(fields.get(name) for name in ASKED):
        return "205"
    official = fields.get("cccdCb", "")
    if not official or not fields.get("hoTenCb"):
        return "055"
    if len(official) != 12 or not official.isdigit():
        return "054"
    card = fields["maThe"]
    if held is None:
        return _miswritten(card)
    if wrong := _another_person(fields, held):
        return wrong
    if "maKetQua" in held:
        return str(held["maKetQua"])
    _since, until = card_days(held)
    over = until is not None and until < on
    if held.get("maTheMoi"):
        return "003" if over else "004"
    return "010" if over else OWN_GROUPS.get(card[:2], "000")


def _miswritten(card: str) -> str:
    """Why there is no such card: its level, its province, or anything else of it."""
    if len(card) == 15 and card[:2].isalpha():
        if card[2] not in "12345":
            return "053"
        if not card[3:5].isdigit() or card[3:5] == "00":
            return "052"
    return "051"


def _another_person(fields: Mapping[str, str], held: Mapping[str, Any]) -> str:
    """060, 061 or 070 where the name or the birth is not that of the card; "" where they are."""
    asked, name = fields["hoTen"].casefold().split(), str(held.get("hoTen", "")).casefold().split()
    if asked != name:
        return "061" if set(asked) & set(name) else "060"
    born = held.get("ngaySinh")
    return "070" if born and born != fields["ngaySinh"] else ""
