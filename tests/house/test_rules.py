"""Every rule says since when, in what unit, on whose word and how sure we are."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.house.source import PACKAGE, plant
from tuyen.rules.loader import read_yaml

PROVENANCE = {"from", "source", "confidence", "unit"}  # the unit where there is a number
# What shapes the synthetic province is an estimate, in force on no day: it says how sure it is.
ESTIMATES = {"synthetic"}
# Words that rules use, in force on no day themselves.
VOCABULARY = {
    "surveillance/diseases.csv": "names of diseases; which are notifiable stands in dated files",
    "surveillance/sources.yaml": "the acts that the other files name as their source",
    "immunization/sources.yaml": "the acts that the other files name as their source",
    "claims/sources.yaml": "the acts that the other files name as their source",
}


def without_provenance(package: Path) -> list[str]:
    """Rule files, or values in them, that lack a date, a unit, a source or a confidence."""
    folder = package / "rules"
    findings = []
    for path in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.yml"), *folder.rglob("*.csv")]):
        name = path.relative_to(package)
        if str(path.relative_to(folder)) in VOCABULARY:
            continue
        needed = {"confidence"} if name.parts[1] in ESTIMATES else PROVENANCE
        gaps = csv_gaps(path, needed) if path.suffix == ".csv" else yaml_gaps(path, needed)
        findings += [f"{name}: {where} has no {', '.join(sorted(lack))}" for where, lack in gaps]
    return findings


def csv_gaps(path: Path, needed: set[str]) -> Iterator[tuple[str, set[str]]]:
    """A CSV carries its provenance in columns; the unit is asked for where there is a value."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = set(next(csv.reader(file), []))
    needed = needed - {"unit"} if "value" not in header else needed
    if needed - header:
        yield "the header", needed - header


def yaml_gaps(path: Path, needed: set[str]) -> Iterator[tuple[str, set[str]]]:
    """In YAML it stands beside the value, or once above all that it speaks for."""
    document = read_yaml(path.read_text(encoding="utf-8"))
    if not isinstance(document, dict):
        yield "the file, which is not a mapping,", needed
        return
    if not has_number(document):
        needed = needed - {"unit"}
    gaps = list(gaps_below(document, "", needed))
    if gaps and not dated_lists(document):
        # No dated value anywhere: the file speaks as a whole, or block by block.
        gaps = [] if spoken_for(document, needed) else [("the file", needed - document.keys())]
    yield from gaps


def spoken_for(block: dict[str, Any], needed: set[str]) -> bool:
    """Whether a block, or each block inside it, states what is needed."""
    needed = needed - block.keys()
    inner = [child for child in block.values() if isinstance(child, dict)]
    return not needed or (bool(inner) and all(spoken_for(child, needed) for child in inner))


def has_number(node: Any) -> bool:
    if isinstance(node, dict):
        return any(has_number(child) for child in node.values())
    if isinstance(node, list):
        return any(has_number(child) for child in node)
    return isinstance(node, (int, float)) and not isinstance(node, bool)


def dated_lists(node: Any) -> bool:
    if isinstance(node, dict):
        return "values" in node or any(dated_lists(value) for value in node.values())
    return isinstance(node, list) and any(dated_lists(value) for value in node)


def gaps_below(node: Any, where: str, needed: set[str]) -> Iterator[tuple[str, set[str]]]:
    if isinstance(node, list):
        for number, child in enumerate(node, start=1):
            yield from gaps_below(child, f"{where}/{number}", needed)
    if not isinstance(node, dict):
        return
    needed = needed - node.keys()
    if isinstance(node.get("values"), list):
        for number, entry in enumerate(node["values"], start=1):
            stated = entry if isinstance(entry, dict) else {}
            lack = needed - stated.keys()
            if not isinstance(stated.get("value"), (int, float)):
                lack -= {"unit"}
            if lack:
                yield f"{where or 'value'} {number}", lack
        return
    children = {name: child for name, child in node.items() if isinstance(child, (dict, list))}
    if not where and not dated_lists(node) and needed:
        yield "the file", needed
        return
    for name, child in children.items():
        yield from gaps_below(child, f"{where}/{name}", needed)


def test_every_rule_has_its_provenance():
    assert without_provenance(PACKAGE) == []


def test_a_rule_without_source_or_unit_is_found(tmp_path):
    package = plant(
        tmp_path,
        {
            "rules/claims/salary.yaml": """
                values:
                  - {from: 2023-07-01, value: 1800000, source: {act: A}, confidence: H}
                """,
            "rules/claims/ceiling.yaml": """
                unit: VND
                confidence: H
                values:
                  - {from: 2023-07-01, value: 1, source: {act: A}}
                  - {from: 2024-07-01, value: 2}
                """,
            "rules/access/roles.yaml": "roles: {head: {grants: [a]}}",
            "rules/calendar/holidays.yaml": """
                values:
                  - {from: 2023-01-01, value: {day: 1, month: 1}, source: {act: A}, confidence: H}
                """,
            "rules/surveillance/reporting.csv": "code,from,confidence\nA90,2026-07-01,H\n",
            "rules/synthetic/names.yaml": "source: own estimate\nconfidence: L\nnames: [Lò]\n",
            "rules/surveillance/good.yaml": """
                from: 2026-07-01
                source: {act: A}
                confidence: H
                unit: days
                clocks: {a: 1}
                """,
        },
    )

    assert without_provenance(package) == [
        "rules/access/roles.yaml: the file has no confidence, from, source",
        "rules/claims/ceiling.yaml: value 2 has no source",
        "rules/claims/salary.yaml: value 1 has no unit",
        "rules/surveillance/reporting.csv: the header has no source",
    ]


def test_decrees_are_spelled_as_the_gazette_spells_them():
    texts = [
        path for path in (PACKAGE / "rules").rglob("*") if path.suffix in (".yaml", ".csv", ".py")
    ]
    assert [path.name for path in texts if "/ND-CP" in path.read_text(encoding="utf-8")] == []
