"""What the portal's codes about a card mean."""

from tuyen.rules.loader import load


def said(code: str, language: str) -> str:
    """The words of a code in ``vi``, ``en`` or ``zh``; the code itself where it is not known."""
    row = next((row for row in load("claims/lookup_codes") if row["code"] == code), None)
    return f"{code}: {row[language]}" if row else code
