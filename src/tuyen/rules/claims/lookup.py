"""What the portal's codes about a card mean."""

from tuyen.rules.loader import load


def said(code: str, language: str) -> str:
    """The words of a code in ``vi``, ``en`` or ``zh``; the code itself where it is not known."""
    row = _row(code)
    return f"{code}: {row[language]}" if row else code


def says(code: str) -> str:
    """What a code says of a card: ``good``; ``ended``, good until a day; ``wrong``, no such card or
    not this person's; ``caller``, nothing of the card, for the call itself was at fault. A code that
    is not on the list confirms nothing: ``wrong``."""
    row = _row(code)
    return str(row["says"]) if row else "wrong"


def _row(code: str) -> dict[str, str] | None:
    return next((row for row in load("claims/lookup_codes") if row["code"] == code), None)
