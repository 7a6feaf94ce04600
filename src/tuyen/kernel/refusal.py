"""A refusal: what is wrong, with which value, what was expected, and what to do."""

from collections.abc import Callable
from typing import Any, ClassVar


def N_(text: str) -> str:
    """Mark ``text`` as a sentence to be translated later, at a door. Returns it unchanged."""
    return text


class Refusal(Exception):
    """A reason why something was not done, said to a person and to a program.

    Subclasses set ``code`` (stable, ``room.kebab-case``; clients and tests rely on it) and
    ``message`` (an English sentence with ``{named}`` values, marked by :func:`N_`). The sentence
    is translated at the doors by its template, so the values stay data until then.
    """

    code: ClassVar[str] = "kernel.refused"
    message: ClassVar[str] = N_("This was refused.")

    def __init__(self, **values: Any) -> None:
        super().__init__(self.message)
        self.values = values

    def sentence(self, template: str | None = None) -> str:
        """The sentence with its values, from ``template`` (a translation) or the English one."""
        return (template or self.message).format_map(_Shown(self.values))

    def spoken(self, translate: Callable[[str], str]) -> str:
        """The whole of it in the language of ``translate``, with its values."""
        return self.sentence(translate(self.message))

    def __str__(self) -> str:
        return self.sentence()

    def as_dict(self) -> dict[str, Any]:
        """Plain values for a receipt: code, English template and the values as text."""
        return {
            "code": self.code,
            "message": self.message,
            "values": {name: _plain(value) for name, value in self.values.items()},
        }


class StoredRefusal(Refusal):
    """A refusal read back from a receipt: the same code, sentence and values."""

    def __init__(self, code: str, message: str, values: dict[str, Any]) -> None:
        super().__init__(**values)
        self.code = code  # type: ignore[misc]  # an instance speaks for the class that was stored
        self.message = message  # type: ignore[misc]


class BadInput(Refusal):
    """An engine was called with values that contradict each other."""

    code = "kernel.bad-input"
    message = N_("{what}")


class _Shown(dict[str, Any]):
    """A value the template names but nobody gave is shown as its name, never as an error."""

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
