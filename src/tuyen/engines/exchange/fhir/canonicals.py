"""Rules of resources that define something: addresses of their own, code systems, value sets."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from tuyen.engines.exchange.fhir import references
from tuyen.engines.exchange.fhir.problems import Problem
from tuyen.engines.exchange.fhir.tree import objects
from tuyen.kernel.refusal import N_

DEFINING = frozenset({
    "ActivityDefinition", "CapabilityStatement", "ChargeItemDefinition", "CodeSystem",
    "CompartmentDefinition", "ConceptMap", "EffectEvidenceSynthesis", "EventDefinition",
    "Evidence", "EvidenceVariable", "ExampleScenario", "GraphDefinition", "ImplementationGuide",
    "Library", "Measure", "MessageDefinition", "OperationDefinition", "PlanDefinition",
    "Questionnaire", "ResearchDefinition", "ResearchElementDefinition", "RiskEvidenceSynthesis",
    "SearchParameter", "StructureDefinition", "StructureMap", "TerminologyCapabilities",
    "TestScript", "ValueSet",
})  # fmt: skip
"""Resources that are known by a canonical address."""

SNOMED = "http://snomed.info/sct"
_PARAMETER = re.compile(r"\s*%([A-Za-z][A-Za-z0-9_-]*)\s*")
_ECL = re.compile(
    r"""\s+|/\*.*?\*/|\|[^|]*\|      # spaces, remarks and terms between bars are passed over
    |(?P<word>AND|OR|MINUS|[:,.={}\[\]"#!])
    |(?P<operand>[0-9]{6,18}|\*|\))
    |(?P<before><<!|>>!|<!|>!|<<|>>|<|>|\^|\()
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


def faults(tree: dict[str, Any], location: str, searches: Mapping[str, str]) -> Iterator[Problem]:
    """What is wrong with a definition beyond its invariants."""
    name = tree.get("resourceType")
    if name not in DEFINING:
        return
    url = tree.get("url")
    if isinstance(url, str) and not references.is_absolute(url):
        message = N_("A canonical address must be absolute, not {value}.")
        yield _fault("invalid", "canonical", f"{location}.url", message, value=url)
    if name == "CodeSystem":
        yield from _code_system(tree, location)
    elif name == "ValueSet":
        yield from _value_set(tree, location)
    elif name == "CapabilityStatement":
        yield from _capabilities(tree, location, searches)


def _capabilities(
    tree: dict[str, Any], location: str, searches: Mapping[str, str]
) -> Iterator[Problem]:
    """Search parameters of the standard that a server says it has, and of another type."""
    for rest, server in objects(tree, "rest"):
        for place, resource in objects(server, "resource"):
            for number, parameter in objects(resource, "searchParam"):
                definition, stated = str(parameter.get("definition")), parameter.get("type")
                type = searches.get(definition.partition("|")[0])
                if type is not None and type != stated:
                    message = N_("{definition} is of type {type}, not {stated}.")
                    where = f"{location}.rest[{rest}].resource[{place}].searchParam[{number}]"
                    values = {"definition": definition, "type": type, "stated": stated}
                    yield _fault("invalid", "search-parameter", where, message, **values)


def _code_system(tree: dict[str, Any], location: str) -> Iterator[Problem]:
    count, content = tree.get("count"), tree.get("content")
    concepts = sum(1 for _concept in _concepts(tree))
    if content == "complete" and isinstance(count, int) and count != concepts:
        message = N_("The code system is complete and has {found} concepts, not {count}.")
        where = f"{location}.count"
        yield _fault("invalid", "count", where, message, found=concepts, count=count)
    if "supplements" in tree and content != "supplement":
        message = N_("What supplements a code system has the content supplement, not {value}.")
        where = f"{location}.content"
        yield _fault("business-rule", "supplement", where, message, value=content)


def _concepts(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for _place, concept in objects(tree, "concept"):
        yield concept
        yield from _concepts(concept)


def _value_set(tree: dict[str, Any], location: str) -> Iterator[Problem]:
    compose = tree.get("compose")
    if not isinstance(compose, dict):
        return
    yield from _parameters(tree, compose, f"{location}.compose")
    for part in ("include", "exclude"):
        for number, stated in objects(compose, part):
            system = stated.get("system")
            if isinstance(system, str) and not references.is_absolute(system):
                message = N_("The address of a code system must be absolute, not {value}.")
                where = f"{location}.compose.{part}[{number}].system"
                yield _fault("invalid", "canonical", where, message, value=system)
            if system == SNOMED:
                yield from _constraints(stated, f"{location}.compose.{part}[{number}]")


def _parameters(tree: dict[str, Any], compose: dict[str, Any], location: str) -> Iterator[Problem]:
    """Values of filters that are parameters (``%name``) which the value set declares nowhere."""
    declared = {
        part.get("valueCode", part.get("valueString"))
        for _place, extension in objects(tree, "extension")
        if str(extension.get("url")).endswith("/valueset-parameter")
        for _number, part in objects(extension, "extension")
        if part.get("url") == "name"
    }
    for part in ("include", "exclude"):
        for number, stated in objects(compose, part):
            for place, filter in objects(stated, "filter"):
                for _n, extension in objects(filter.get("_value"), "extension"):
                    expression = extension.get("valueExpression")
                    said = expression.get("expression") if isinstance(expression, dict) else None
                    name = _PARAMETER.fullmatch(said) if isinstance(said, str) else None
                    if name is not None and name[1] not in declared:
                        message = N_("The value set declares no parameter {name}.")
                        where = f"{location}.{part}[{number}].filter[{place}]"
                        yield _fault("not-found", "parameter", where, message, name=name[1])


def _constraints(part: dict[str, Any], location: str) -> Iterator[Problem]:
    """Expression constraints of SNOMED CT (ECL) in which two concepts follow without a word between."""
    for number, stated in objects(part, "filter"):
        value = stated.get("value")
        if isinstance(value, str) and stated.get("property") == "constraint":
            kinds = [found.lastgroup for found in _ECL.finditer(value) if found.lastgroup]
            if any(a == "operand" and b in ("operand", "before") for a, b in pairwise(kinds)):
                message = N_("{value} is no expression constraint of SNOMED CT.")
                where = f"{location}.filter[{number}]"
                yield _fault("invalid", "ecl", where, message, value=value)


def _fault(code: str, rule: str, location: str, message: str, **values: Any) -> Problem:
    return Problem("error", code, rule, location, message, values)
