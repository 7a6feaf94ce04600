"""What an address of the room asks for. People type and forward addresses, so what cannot be read is
left out and said, never guessed."""

from django.http import QueryDict

from tuyen.web.surveillance.filters import a_day, place

__all__ = ["a_day", "a_number", "place"]


def a_number(query: QueryDict, name: str, least: int, most: int, otherwise: int) -> int:
    """A whole number within bounds."""
    text = query.get(name, "")
    number = int(text) if text.isdecimal() and len(text) < 9 else otherwise
    return min(max(number, least), most)
