"""What comes in, in the words of this system's rooms: only where it means one thing."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from tuyen.apps.exchange.veil import number_system
from tuyen.kernel.text import nfc

SEXES = {"male": 1, "female": 2, "other": 3, "unknown": 3}
GENDERS = {1: "male", 2: "female", 3: "unknown"}


@dataclass(frozen=True, slots=True)
class PersonFields:
    """A Patient as the register writes one. Empty is what the resource does not say, or says in a
    way that means more than one thing."""

    name: str = ""
    sex: int | None = None
    born_on: date | None = None
    precision: str = "day"
    died_on: date | None = None
    phone: str = ""
    numbers: tuple[tuple[str, str], ...] = ()  # (the registry's system, value)

    @property
    def number(self) -> str:
        """The personal number, by which a person is one and the same everywhere."""
        return next((value for system, value in self.numbers if system == "personal_number"), "")

    @property
    def complete(self) -> bool:
        """Whether it says enough for a registration, and who it is beyond doubt."""
        return bool(self.name and self.sex and self.born_on and self.number)


def person_fields(patient: dict[str, Any]) -> PersonFields:
    """What a Patient says of a person."""
    born_on, precision = _day(patient.get("birthDate"))
    died_on, _ = _day(str(patient.get("deceasedDateTime") or "")[:10])
    phones = [
        each["value"]
        for each in _dicts(patient.get("telecom"))
        if each.get("system") == "phone" and isinstance(each.get("value"), str)
    ]
    numbers = tuple(
        (system, each["value"])
        for each in _dicts(patient.get("identifier"))
        if isinstance(each.get("value"), str) and (system := number_system(each))
    )
    return PersonFields(
        name=_name(patient), sex=SEXES.get(str(patient.get("gender"))), born_on=born_on,
        precision=precision, died_on=died_on, phone=phones[0] if phones else "", numbers=numbers,
    )  # fmt: skip


def birth(born_on: date, precision: str) -> str:
    """A birth as FHIR writes it: as exactly as it is known."""
    return born_on.isoformat()[: {"year": 4, "month": 7}.get(precision, 10)]


def human_name(name: str) -> dict[str, Any]:
    """A Vietnamese name: the family's first, the rest as given, and the whole as it is said."""
    family, *given = name.split() or [name]
    return {"use": "official", "text": name, "family": family} | ({"given": given} if given else {})


def _name(patient: dict[str, Any]) -> str:
    """The name in Vietnamese order: of those that are not old, the official one before others."""
    names = [
        each for each in _dicts(patient.get("name")) if each.get("use") not in ("old", "maiden")
    ]
    names.sort(key=lambda each: each.get("use") != "official")
    for each in names:
        if isinstance(text := each.get("text"), str) and text.strip():
            return nfc(" ".join(text.split()))
        parts = [each.get("family"), *(each.get("given") or [])]
        said = " ".join(part for part in parts if isinstance(part, str))
        if said.strip():
            return nfc(" ".join(said.split()))
    return ""


def _day(text: Any) -> tuple[date | None, str]:
    """A FHIR date as the register keeps one: the first day of what is known, and how exactly."""
    if not isinstance(text, str):
        return None, "day"
    precision = {4: "year", 7: "month", 10: "day"}.get(len(text))
    if precision is None:
        return None, "day"
    try:
        return date.fromisoformat((text + "-01-01")[:10]), precision
    except ValueError:
        return None, "day"


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
