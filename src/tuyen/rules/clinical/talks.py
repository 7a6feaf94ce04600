"""In which forms a station gives health education, and on what, by the rule ``clinical/talks``."""

from collections.abc import Mapping

from tuyen.rules.loader import load

Words = Mapping[str, Mapping[str, str]]


def words(what: str) -> Words:
    """The forms or the topics (``forms``, ``topics``) by their keys, in three languages."""
    found: Words = load("clinical/talks")[what]
    return found


def individual() -> Mapping[str, str]:
    """What advice at visits is called among the forms."""
    found: Mapping[str, str] = load("clinical/talks")["individual"]
    return found


def counted(form: str) -> bool:
    """Whether those whom a form reaches can be counted."""
    return bool(words("forms")[form].get("reached"))


def explained(topic: str) -> bool:
    """Whether a topic takes words, for it says nothing by itself."""
    return bool(words("topics")[topic].get("words"))


def most() -> int:
    """More people than this are not reached by one talk."""
    found: int = load("clinical/talks")["most"]
    return found
