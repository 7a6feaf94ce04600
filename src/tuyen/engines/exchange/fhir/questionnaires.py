"""Rules of a questionnaire beyond its invariants: conditions ask about questions that are there.

Source: https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen.question
"""

from collections.abc import Iterator
from typing import Any

from tuyen.engines.exchange.fhir.problems import Problem
from tuyen.engines.exchange.fhir.tree import objects
from tuyen.kernel.refusal import N_

ANSWERS = {
    "answerBoolean": {"boolean"},
    "answerDecimal": {"decimal"},
    "answerInteger": {"integer"},
    "answerDate": {"date"},
    "answerDateTime": {"dateTime"},
    "answerTime": {"time"},
    "answerString": {"string", "text", "choice", "open-choice", "url"},
    "answerCoding": {"choice", "open-choice"},
    "answerQuantity": {"quantity"},
    "answerReference": {"reference"},
}
"""What an answer may be, by the type of the question."""


def faults(tree: dict[str, Any], location: str) -> Iterator[Problem]:
    if tree.get("resourceType") != "Questionnaire":
        return
    items = list(_items(tree, location))
    types = {str(item.get("linkId")): str(item.get("type")) for item, _where in items}
    for item, where in items:
        for number, condition in objects(item, "enableWhen"):
            yield from _condition(condition, item, types, f"{where}.enableWhen[{number}]")


def _condition(
    condition: dict[str, Any], item: dict[str, Any], types: dict[str, str], where: str
) -> Iterator[Problem]:
    question = str(condition.get("question"))
    if question not in types:
        message = N_("No item has the linkId {question}, which this condition asks about.")
        yield _fault("enable-when", where, message, question=question)
        return
    if question == item.get("linkId"):
        message = N_("An item cannot be enabled by its own answer.")
        yield _fault("enable-when", where, message)
    kind = types[question]
    for key, fitting in ANSWERS.items():
        if key in condition and condition.get("operator") != "exists" and kind not in fitting:
            message = N_("The question {question} is of type {type}; {key} cannot be its answer.")
            yield _fault("enable-when", where, message, question=question, type=kind, key=key)


def _items(tree: dict[str, Any], where: str) -> Iterator[tuple[dict[str, Any], str]]:
    for number, item in objects(tree, "item"):
        place = f"{where}.item[{number}]"
        yield item, place
        yield from _items(item, place)


def _fault(rule: str, location: str, message: str, **values: Any) -> Problem:
    return Problem("error", "business-rule", rule, location, message, values)
