"""What a few letters mean at the desk: a diagnosis, a medicine, a service of the list of a day."""

from collections.abc import Iterable
from datetime import date

from tuyen.kernel.text import fold
from tuyen.rules import supply
from tuyen.rules.clinical import codes, naming, services
from tuyen.web.clinical.reading import Lists
from tuyen.web.surveillance.words import language

LIMIT = 8
Pair = tuple[str, str]  # code, words


def diagnoses(text: str, on: date) -> list[Pair]:
    """Codes of the ICD-10 list of a day, by code or words."""
    return [
        (one.code, one.name(language()))
        for one in naming.find(text, limit=3 * LIMIT)
        if codes.judge(one.code, on).standing == "known"
    ][:LIMIT]  # fmt: skip


def items(text: str) -> list[Pair]:
    """Medicines by name, substance or code."""
    held = supply.medicines().values()
    return _named(text, (
        (one.code, one.name(language()), (*one.names.values(), one.substance)) for one in held
    ))  # fmt: skip


def served(text: str, on: date) -> list[Pair]:
    return _named(text, (
        (one.code, one.name(language()), tuple(one.names.values())) for one in services.services(on)
    ))  # fmt: skip


def lists(on: date) -> Lists:
    """What the form of a visit looks texts up in."""

    def diagnosis(text: str) -> tuple[str, tuple[str, ...]]:
        first = text.split()[0] if text.split() else ""
        for told in (text, first):  # "I10 Tăng huyết áp" is what a suggestion wrote
            plain = codes.normal(told)
            if plain and codes.judge(plain, on).standing == "known":
                return plain, ()
        return _only(text, diagnoses(text, on))

    return Lists(
        diagnosis=diagnosis,
        item=lambda text: _only(text, items(text)),
        service=lambda text: _only(text, served(text, on)),
    )


def _named(text: str, held: Iterable[tuple[str, str, tuple[str, ...]]]) -> list[Pair]:
    """Those whose code is the text, or in one of whose names every word begins a word."""
    words, plain = fold(text).split(), text.strip().casefold()
    if not words:
        return []
    found = []
    for code, name, names in held:
        lines = [f" {fold(one)}" for one in names]
        if plain in (code.casefold(), name.casefold()):
            return [(code, name)]
        if any(all(f" {word}" in line for word in words) for line in lines):
            found.append((not fold(name).startswith(words[0]), len(name), code, name))
    return [(code, name) for _far, _long, code, name in sorted(found)][:LIMIT]


def _only(text: str, found: list[Pair]) -> tuple[str, tuple[str, ...]]:
    """The one that is meant, or what may be."""
    if len(found) == 1:
        return found[0][0], ()
    exact = [
        code
        for code, name in found
        if text.strip().casefold() in (code.casefold(), name.casefold())
    ]
    return (exact[0] if len(exact) == 1 else ""), tuple(f"{code} {name}" for code, name in found)
