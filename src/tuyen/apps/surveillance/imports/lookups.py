"""Words of a line list looked up: which disease, which commune, which unit."""

from collections.abc import Collection
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.surveillance.imports.findings import (
    CodeOfMany,
    CommuneNotFound,
    CommuneUnclear,
    CommuneWasDivided,
    CommuneWasMerged,
    DiseaseNotFound,
    UnitNotFound,
)
from tuyen.engines.exchange.refusals import ExchangeRefusal
from tuyen.kernel.text import fold
from tuyen.rules import surveillance as rules

_SURE = 0.9
_APART = 0.02
_WHOLE = 0.999
COMMUNES = ("commune", "ward", "town", "special_zone")
_CODES = ("facility13", "insurer")


class Found(NamedTuple):
    """What a word means; with ``remark``, a warning about how it was read."""

    id: Any
    remark: ExchangeRefusal | None = None


def find_disease(text: str, icd10: str, on: date) -> str:
    """The id of the disease that a name or a code means on the list of a day, or a refusal."""
    if text and (id := _by_name(text, on)):
        return id
    if icd10:
        return _by_code(icd10, text, on)
    raise _no_disease(text, on)


@lru_cache(maxsize=4096)
def _by_name(text: str, on: date) -> str | None:
    wanted = fold(text)
    inside: list[tuple[int, str]] = []
    for disease in rules.diseases(on):
        for name in map(fold, (disease.id, *disease.names.values(), *disease.also)):
            if name == wanted:
                return disease.id
            if len(name) > 3 and f" {name} " in f" {wanted} ":
                inside.append((len(name), disease.id))
    # "Sốt xuất huyết Dengue có dấu hiệu cảnh báo": the longest name that stands in it whole.
    longest = max(inside, default=(0, ""))[0]
    ids = {id for length, id in inside if length == longest}
    return ids.pop() if len(ids) == 1 else None


def _by_code(icd10: str, text: str, on: date) -> str:
    try:
        candidates = [c for c in rules.by_icd10(icd10, on) if c.fit == "within"]
    except ValueError:
        candidates = []
    if not candidates:
        raise _no_disease(text or icd10, on)
    exact = [c for c in candidates if len(c.entry) == max(len(c.entry) for c in candidates)]
    if len(exact) > 1:
        names = ", ".join(c.disease.name("vi") for c in exact)
        raise CodeOfMany(value=icd10, diseases=names)
    return exact[0].disease.id


def _no_disease(text: str, on: date) -> DiseaseNotFound:
    near = rules.find(text, on, limit=3)
    shown = ", ".join(disease.name("vi") for disease in near) or "–"
    return DiseaseNotFound(value=text, on=on, suggestions=shown)


class Places:
    """Communes, villages and units of one map, each different word looked up once."""

    def __init__(self, map_: Any, *, accept_successors: bool) -> None:
        self.map = map_
        self.accept = accept_successors
        self._known: dict[tuple[Any, ...], Found | ExchangeRefusal] = {}

    def commune(self, code: str, name: str, around: tuple[str, ...], on: date) -> Found:
        """The commune of ``on`` that a code or a name (with the larger areas it lies in) means.

        A former commune is taken as it was while it lived; afterwards as its one successor, with a
        remark, and where it was divided as the largest only if the person agreed to that.
        """
        return self._once(
            ("c", code, name, around, on), lambda: self._commune(code, name, around, on)
        )

    def village(self, name: str, commune: UUID, on: date) -> UUID | None:
        """The village of that name in a commune, or None: villages are often written freely."""
        key = ("v", fold(name), commune, on)
        if key not in self._known:
            inside = {fold(self.map.name(unit, on)): unit for unit in self.map.inside(commune, on)
                      if self.map.level(unit, on) == 4}  # fmt: skip
            bare = fold(name)
            short = bare.removeprefix("ban ").removeprefix("thon ").removeprefix("to dan pho ")
            self._known[key] = Found(inside.get(bare) or inside.get(short))
        return self._known[key].id  # type: ignore[union-attr]

    def unit(self, code: str, name: str, on: date) -> Found:
        """The facility that a code or a name means."""
        return self._once(("u", code, name), lambda: self._unit(code, name, on))

    def _once(self, key: tuple[Any, ...], look: Any) -> Found:
        if key not in self._known:
            try:
                self._known[key] = look()
            except ExchangeRefusal as refusal:
                self._known[key] = refusal
        answer = self._known[key]
        if isinstance(answer, ExchangeRefusal):
            raise answer
        return answer

    def _commune(self, code: str, name: str, around: tuple[str, ...], on: date) -> Found:
        shown = name or code
        if code:
            # A code means whoever has it on that day, or else had it last.
            unit = self.map.by_code("administrative.commune", code, on) or self.map.by_code(
                "administrative.commune", code
            )
            if unit is not None:
                return self._current(unit, shown, on)
            if not name:
                raise CommuneNotFound(value=code, on=on, suggestions="–")
        text = ", ".join((name, *(word for word in around if word)))
        found = self.map.find(text, on, types=COMMUNES, limit=4)
        best = [unit for unit in found if unit.score >= max(_SURE, found[0].score - _APART)]
        if not best:
            raise CommuneNotFound(value=shown, on=on, suggestions=self._names(found, on))
        current = [unit for unit in best if unit.current] or best
        if len({unit.unit for unit in current}) > 1:
            raise CommuneUnclear(value=shown, suggestions=self._names(current, on))
        return self._current(current[0].unit, shown, on)

    def _current(self, unit: UUID, shown: str, on: date) -> Found:
        if self.map.valid(unit, on):
            return Found(unit)
        ended = self.map.unit(unit).until
        if ended is None or ended > on:
            return Found(unit)  # a commune of later: the judge knows what to say
        heirs = self.map.current(unit, on)
        names = ", ".join(self.map.full_name(heir, on) for heir, _ in heirs[:6])
        if not heirs or (heirs[0][1] < _WHOLE and not self.accept):
            raise CommuneWasDivided(value=shown, on=on, successors=names or "–")
        successor = self.map.full_name(heirs[0][0], on)
        return Found(heirs[0][0], CommuneWasMerged(value=shown, on=on, successor=successor))

    def _unit(self, code: str, name: str, on: date) -> Found:
        for system in _CODES if code else ():
            if (unit := self.map.by_code(system, code, on)) is not None:
                return Found(unit)
        wanted = fold(name)
        here = self._facilities().get(wanted, []) if wanted else []
        valid = [unit for unit in here if self.map.valid(unit, on)] or here
        if len(valid) == 1:
            return Found(valid[0])
        names = ", ".join(self.map.full_name(unit, on) for unit in valid[:4])
        raise UnitNotFound(value=name or code, suggestions=names or "–")

    def _facilities(self) -> dict[str, list[UUID]]:
        key = ("facilities",)
        if key not in self._known:
            named: dict[str, list[UUID]] = {}
            for unit in self.map.units(kind="facility"):
                for words in {fold(self.map.name(unit)), fold(self.map.full_name(unit))}:
                    named.setdefault(words, []).append(unit)
            self._known[key] = Found(named)
        return self._known[key].id  # type: ignore[union-attr]

    def _names(self, found: Collection[Any], on: date) -> str:
        names = [
            f"{self.map.full_name(unit.unit, on)} ({self.map.code(unit.unit, 'administrative', on) or '–'})"
            for unit in found
        ]
        return ", ".join(dict.fromkeys(names)) or "–"
