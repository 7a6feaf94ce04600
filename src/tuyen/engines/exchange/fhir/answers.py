"""Answers against the questionnaire that is contained beside them.

Source: https://hl7.org/fhir/R4/questionnaireresponse.html#link. Of a questionnaire that is elsewhere nothing is known.
Whether a question was enabled is not computed, so none that has a condition is missed.
"""

from collections.abc import Iterator
from typing import Any

from tuyen.engines.exchange.fhir.problems import Problem
from tuyen.engines.exchange.fhir.tree import objects
from tuyen.kernel.refusal import N_

FITTING = {
    "boolean": {"valueBoolean"},
    "decimal": {"valueDecimal", "valueInteger"},
    "integer": {"valueInteger"},
    "date": {"valueDate"},
    "dateTime": {"valueDateTime", "valueDate"},
    "time": {"valueTime"},
    "string": {"valueString"},
    "text": {"valueString"},
    "url": {"valueUri"},
    "choice": {"valueCoding", "valueString", "valueInteger", "valueDate", "valueTime", "valueReference"},
    "open-choice": {"valueCoding", "valueString", "valueInteger", "valueDate", "valueTime", "valueReference"},
    "attachment": {"valueAttachment"},
    "reference": {"valueReference"},
    "quantity": {"valueQuantity"},
}  # fmt: skip
"""The values that answer each type of question."""
DONE = frozenset({"completed", "amended"})


def faults(tree: dict[str, Any], location: str) -> Iterator[Problem]:
    """What is wrong with a response, where its questionnaire is contained in it."""
    if tree.get("resourceType") != "QuestionnaireResponse":
        return
    named = str(tree.get("questionnaire"))
    if not named.startswith("#"):
        return
    for _place, resource in objects(tree, "contained"):
        if resource.get("id") == named[1:] and resource.get("resourceType") == "Questionnaire":
            done = tree.get("status") in DONE
            yield from _items(tree, resource, location, done)


def _items(
    told: dict[str, Any], asked: dict[str, Any], where: str, done: bool
) -> Iterator[Problem]:
    questions = {str(item.get("linkId")): item for _place, item in objects(asked, "item")}
    counts: dict[str, int] = {}
    for number, item in objects(told, "item"):
        place, link = f"{where}.item[{number}]", str(item.get("linkId"))
        question = questions.get(link)
        if question is None:
            message = N_("The questionnaire has no item {link} at this place.")
            yield _fault("answer-link", place, message, link=link)
            continue
        counts[link] = counts.get(link, 0) + 1
        yield from _answers(item, question, place, done)
        if question.get("type") in ("group", "display"):
            yield from _items(item, question, place, done)
    for link, question in questions.items():
        if counts.get(link, 0) > 1 and question.get("repeats") is not True:
            message = N_("The item {link} does not repeat, and stands here {count} times.")
            yield _fault("answer-repeats", where, message, link=link, count=counts[link])
        needed = question.get("required") is True and not question.get("enableWhen")
        if done and needed and link not in counts:
            message = N_("No answer is given to the required item {link}.")
            yield _fault("answer-required", where, message, link=link)


def _answers(
    item: dict[str, Any], question: dict[str, Any], where: str, done: bool
) -> Iterator[Problem]:
    type, link = str(question.get("type")), str(question.get("linkId"))
    answers = objects(item, "answer")
    if type in ("group", "display"):
        if answers:
            message = N_("The item {link} is of type {type} and takes no answer.")
            yield _fault("answer-type", where, message, link=link, type=type)
        return
    if len(answers) > 1 and question.get("repeats") is not True:
        message = N_("The item {link} takes one answer, not {count}.")
        yield _fault("answer-repeats", where, message, link=link, count=len(answers))
    fitting = FITTING.get(type)
    for number, answer in answers:
        place = f"{where}.answer[{number}]"
        for key in answer:
            if key.startswith("value") and fitting is not None and key not in fitting:
                message = N_("The item {link} is of type {type}; {key} does not answer it.")
                yield _fault("answer-type", place, message, link=link, type=type, key=key)
        yield from _items(answer, question, place, done)


def _fault(rule: str, location: str, message: str, **values: Any) -> Problem:
    return Problem("error", "structure", rule, location, message, values)
