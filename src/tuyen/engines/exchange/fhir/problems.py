"""What is wrong with a resource: how grave, of what kind, where, and in one sentence."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from tuyen.kernel.refusal import N_, Refusal

Severity = Literal["error", "warning", "information"]
LONGEST = 120
"""Characters of a foreign value that a sentence repeats."""


class Problem(NamedTuple):
    """One finding, ready to become an issue of an OperationOutcome.

    ``code`` is of the standard's value set issue-type (``structure``, ``required``, ``value``, ...).
    ``rule`` names what was asked: ``unknown-element``, ``per-1``; it never changes.
    ``location`` is a FHIRPath as the reference validator writes it: ``Patient.name[0].given[1]``,
    ``Observation.value.ofType(Quantity).code``. ``message`` is an English template with ``{named}``
    values, marked for translation; sentences of the standard's own rules stay English.
    """

    severity: Severity
    code: str
    rule: str
    location: str
    message: str
    values: Mapping[str, Any]

    def sentence(self, translate: Callable[[str], str] = str) -> str:
        """The message in a language, with its values."""
        return translate(self.message).format_map(
            {name: shown(value) for name, value in self.values.items()}
        )

    def as_dict(self, translate: Callable[[str], str] = str) -> dict[str, str]:
        """Plain values for a file or an answer."""
        return {
            "severity": self.severity,
            "code": self.code,
            "rule": self.rule,
            "location": self.location,
            "message": self.sentence(translate),
        }


def shown(value: Any) -> str:
    """A foreign value in a sentence: short, and without signs that steer a terminal."""
    text = str(value)
    short = text if len(text) <= LONGEST else text[:LONGEST] + "…"
    return "".join(sign if sign.isprintable() else "�" for sign in short)


class NotFhir(Refusal):
    """Bytes that are not a resource of R4; ``problems`` holds all that was found."""

    code = "exchange.not-fhir"
    message = N_("This is not a valid FHIR R4 resource. {location}: {first} Problems: {count}.")

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        first = next((p for p in problems if p.severity == "error"), problems[0])
        super().__init__(location=first.location, first=first.sentence(), count=len(problems))
