"""Condense the official R4 definitions into ``rules/exchange/fhir_r4/definitions.json``.

Run by hand when the standard changes, which release 4.0.1 does not:

    npm pack hl7.fhir.r4.examples@4.0.1 && tar xzf hl7.fhir.r4.examples-4.0.1.tgz
    python ops/fhir_definitions.py package

Of 655 definitions those that define a type are read (of profiles only those of extensions), of 1,300
value sets those that a type binds as ``required`` and that the package itself can enumerate. The definitions are CC0.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OUT = (
    Path(__file__).resolve().parents[1]
    / "src" / "tuyen" / "rules" / "exchange" / "fhir_r4" / "definitions.json"
)  # fmt: skip
TYPE_OF = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"
REGEX = "http://hl7.org/fhir/StructureDefinition/regex"
SEARCHES = "http://hl7.org/fhir/SearchParameter"
EVERYWHERE = {"ele-1", "ext-1"}
"""Rules that hold of every element; the checker knows them without being told at each."""
CORRECTED = {
    # The sentence says "more than one" and R4B the same as this.
    "que-12": "enableWhen.count() > 1 implies enableBehavior.exists()",
}
"""Expressions that do not say what the sentence of their rule says."""

Definition = dict[str, Any]


def condensed(folder: Path) -> Definition:
    """The definitions of a package: types, primitives, codes and rules."""
    types: Definition = {}
    primitives: Definition = {}
    bound: set[str] = set()
    rules: Definition = {}
    extensions: Definition = {}
    for definition in read(folder, "StructureDefinition"):
        if definition["type"] == "Extension" and definition.get("derivation") == "constraint":
            extensions[definition["url"]] = values(definition)
        if definition.get("derivation") == "constraint" or definition["kind"] == "logical":
            continue
        if definition["kind"] == "primitive-type":
            primitives[definition["name"]] = primitive(definition)
            continue
        for name, entry in described(definition, rules):
            types[name] = entry
            bound |= {field.split("^")[1] for field in entry["fields"] if "^" in field}
    sets = ValueSets(folder)
    codes = {url: sets.expanded(url) for url in sorted(bound)}
    known = {url: systems for url, systems in codes.items() if systems}
    for entry in types.values():
        entry["fields"] = [
            field if field.partition("^")[2] in known else field.partition(" ^")[0]
            for field in entry["fields"]
        ]
    return {
        "types": dict(sorted(types.items())),
        "primitives": dict(sorted(primitives.items())),
        "codes": known,
        "rules": dict(sorted(rules.items())),
        "extensions": dict(sorted(extensions.items())),
        "searches": searches(folder),
    }


def read(folder: Path, kind: str) -> Iterator[Definition]:
    for path in sorted(folder.glob(f"{kind}-*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))


def primitive(definition: Definition) -> Definition:
    """What a primitive is made from, and the form of its text."""
    value = next(
        e for e in definition["snapshot"]["element"] if e["path"] == f"{definition['name']}.value"
    )
    said = {e["url"]: e for e in value["type"][0].get("extension", [])}
    whole = definition["baseDefinition"].endswith("/integer")  # the definition says String
    return {
        "json": "Integer" if whole else value["type"][0]["code"].rpartition(".")[2],
        "regex": said.get(REGEX, {}).get("valueString", ""),
    }


def searches(folder: Path) -> Definition:
    """Names of the standard's search parameters, the last part of their address, by type."""
    found: dict[str, list[str]] = {}
    for definition in read(folder, "SearchParameter"):
        address, _slash, name = definition["url"].rpartition("/")
        if address == SEARCHES:
            found.setdefault(definition["type"], []).append(name)
    return {type: " ".join(sorted(names)) for type, names in sorted(found.items())}


def values(definition: Definition) -> str:
    """The types of the value that a defined extension may have; none where it has parts instead."""
    for element in definition["snapshot"]["element"]:
        if element["path"] == "Extension.value[x]" and element["max"] != "0":
            return "|".join(stated["code"] for stated in element["type"])
    return ""


def described(definition: Definition, rules: Definition) -> Iterator[tuple[str, Definition]]:
    """A type and the types inside it: base, own fields and own rules."""
    name = definition["name"]
    base = definition.get("baseDefinition", "").rpartition("/")[2]
    entries: Definition = {
        name: {
            "kind": "resource" if definition["kind"] == "resource" else "type",
            "base": base,
            "fields": [],
            "rules": [],
        }
    }
    if definition["abstract"]:
        entries[name]["abstract"] = True
    for element in definition["snapshot"]["element"]:
        path = element["path"]
        own = element.get("base", {}).get("path", path) == path
        where, _dot, leaf = path.rpartition(".")
        inside = [t["code"] for t in element.get("type", [])]
        if inside in (["BackboneElement"], ["Element"]) and own and where:
            entries[path] = {"kind": "type", "base": inside[0], "fields": [], "rules": []}
        for key in own_rules(element, rules):
            if path in entries:
                entries[path]["rules"].append(key)
            elif own and where in entries:
                entries[where]["rules"].append(f"{leaf}:{key}")
        if where and own:
            entries[where]["fields"].append(field(element, leaf))
    yield from entries.items()


def own_rules(element: Definition, rules: Definition) -> Iterator[str]:
    """The keys that an element states itself, and their words kept in ``rules``."""
    for constraint in element.get("constraint", []):
        key = constraint["key"]
        source = constraint.get("source", "").rpartition("/")[2]
        inherited = source and source != element["path"]
        if key in EVERYWHERE or inherited or "expression" not in constraint:
            continue
        expression = CORRECTED.get(key, constraint["expression"])
        stated = [constraint["severity"], constraint["human"], expression]
        if rules.setdefault(key, stated) != stated:
            # Two types use one key for two rules; told apart by the type, shown without it.
            key = f"{key}@{element['path']}"
            rules[key] = stated
        yield key


def field(element: Definition, leaf: str) -> str:
    """``name min..max types [^value set]``; the types of a choice are parted by ``|``."""
    if "contentReference" in element:
        kinds = element["contentReference"].lstrip("#")
    else:
        kinds = "|".join(kind(t, element["path"]) for t in element["type"])
    bound = element.get("binding", {})
    text = f"{leaf} {element['min']}..{element['max']} {kinds}"
    if bound.get("strength") == "required":
        text += f" ^{bound['valueSet'].partition('|')[0]}"
    return text


def kind(stated: Definition, path: str) -> str:
    code = str(stated["code"])
    if path == "Resource.id":
        return "id"  # the definition says string; the text of the standard, and everybody, says id
    for extension in stated.get("extension", []):
        if extension["url"] == TYPE_OF:
            code = extension["valueUrl"]
    if code in ("BackboneElement", "Element") and "." in path:
        return path
    targets = [t.rpartition("/")[2] for t in stated.get("targetProfile", [])]
    if code == "Reference" and targets and "Resource" not in targets:
        return f"Reference({','.join(targets)})"
    return code


class ValueSets:
    """Value sets that the package can enumerate: whole code systems and lists of codes."""

    def __init__(self, folder: Path) -> None:
        self.sets = {d["url"]: d for d in read(folder, "ValueSet") if "url" in d}
        self.systems = {d["url"]: d for d in read(folder, "CodeSystem") if "url" in d}

    def expanded(self, url: str) -> dict[str, list[str]]:
        """Codes by system; nothing where a part cannot be enumerated."""
        found: dict[str, list[str]] = {}
        compose = self.sets.get(url, {}).get("compose", {})
        if not compose or compose.get("exclude"):
            return {}
        for part in compose["include"]:
            for inner in part.get("valueSet", []):
                more = self.expanded(inner.partition("|")[0])
                if not more:
                    return {}
                for system, codes in more.items():
                    found.setdefault(system, []).extend(codes)
            if part.get("valueSet"):
                continue
            codes = self.codes(part)
            if not codes:
                return {}
            found.setdefault(part["system"], []).extend(codes)
        return {system: sorted(set(codes)) for system, codes in found.items()}

    def codes(self, part: Definition) -> list[str]:
        system = self.systems.get(part["system"])
        if part.get("concept"):
            return [concept["code"] for concept in part["concept"]]
        if not system or system.get("content") != "complete":
            return []
        wanted = part.get("filter", [])
        if not wanted:
            return list(below(system.get("concept", [])))
        if len(wanted) == 1 and wanted[0]["op"] in ("is-a", "descendent-of"):
            return self.descendants(system, wanted[0]["value"], wanted[0]["op"] == "is-a")
        return []

    @staticmethod
    def descendants(system: Definition, root: str, itself: bool) -> list[str]:
        """Codes under one, by nesting and by the property ``subsumedBy``."""
        children: dict[str, list[str]] = {}

        def walk(concepts: list[Definition]) -> None:
            for concept in concepts:
                for inner in concept.get("concept", []):
                    children.setdefault(concept["code"], []).append(inner["code"])
                for said in concept.get("property", []):
                    if said["code"] in ("subsumedBy", "parent"):
                        children.setdefault(said["valueCode"], []).append(concept["code"])
                walk(concept.get("concept", []))

        walk(system.get("concept", []))
        found, waiting = [root] if itself else [], [root]
        while waiting:
            for child in children.get(waiting.pop(), []):
                if child not in found:
                    found.append(child)
                    waiting.append(child)
        return found


def below(concepts: list[Definition]) -> Iterator[str]:
    for concept in concepts:
        yield concept["code"]
        yield from below(concept.get("concept", []))


def written(content: Definition) -> str:
    """One definition a line, so that a change shows as the line it is."""
    head = {
        "from": "2019-10-30",
        "source": "HL7 FHIR R4 4.0.1 (CC0-1.0), package hl7.fhir.r4.examples 4.0.1",
        "confidence": "H",
    }
    parts = [f" {json.dumps(name)}: {json.dumps(value)}" for name, value in head.items()]
    for section, entries in content.items():
        lines = (f"  {json.dumps(name)}: {json.dumps(entries[name])}" for name in entries)
        parts.append(f' "{section}": {{\n' + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> int:
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        print("give the folder of the unpacked package", file=sys.stderr)
        return 2
    content = condensed(Path(sys.argv[1]))
    OUT.write_text(written(content), encoding="utf-8")
    print({section: len(entries) for section, entries in content.items()}, OUT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
