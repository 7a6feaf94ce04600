"""The check of immunisation at school entry."""

from datetime import date

from tuyen.rules.loader import dated, load


def checked(on: date) -> tuple[str, ...]:
    """The vaccine groups that are looked for; days before the plan are looked at by it."""
    values = load("immunization/school")["checked"]["values"]
    entry = dated(values, max(on, values[0]["from"]))
    assert entry is not None
    return tuple(entry["value"])
