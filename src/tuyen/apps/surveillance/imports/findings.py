"""What is wrong with a row of a line list, in two sentences: what it is, and what to do."""

from typing import Any

from tuyen.engines.exchange.refusals import ExchangeRefusal
from tuyen.kernel.refusal import N_, Refusal


class DiseaseNotFound(ExchangeRefusal):
    code = "surveillance.disease-not-found"
    message = N_("{value} is not a disease on the list of {on}.")
    advice = N_("Write one of: {suggestions}.")


class CodeOfMany(ExchangeRefusal):
    code = "surveillance.code-of-many-diseases"
    message = N_("The code {value} stands for several diseases: {diseases}.")
    advice = N_("Add a column with the name of the disease.")


class OnsetMissing(ExchangeRefusal):
    code = "surveillance.onset-missing"
    message = N_("The day of onset is missing.")
    advice = N_("Ask for it; the day on which the first sign was noticed is enough.")


class CommuneNotFound(ExchangeRefusal):
    code = "surveillance.commune-not-found"
    message = N_("{value} is not a commune on the map of {on}.")
    advice = N_("Write one of: {suggestions}.")


class CommuneUnclear(ExchangeRefusal):
    code = "surveillance.commune-unclear"
    message = N_("{value} may be any of several communes: {suggestions}.")
    advice = N_("Write the code of the commune, or its former district as well.")


class CommuneWasMerged(ExchangeRefusal):
    code = "surveillance.commune-was-merged"
    message = N_("{value} no longer existed on {on}; its area is {successor} now.")
    advice = N_("It was taken as {successor}; check that this is meant.")


class CommuneWasDivided(ExchangeRefusal):
    code = "surveillance.commune-was-divided"
    message = N_("{value} no longer existed on {on}; it was divided among {successors}.")
    advice = N_("Write the one of them in which the case lived.")


class UnitNotFound(ExchangeRefusal):
    code = "surveillance.reporting-unit-not-found"
    message = N_("{value} is not a reporting unit on the map.")
    advice = N_("Write its code or its full name; possible are: {suggestions}.")


class UnitNotYours(ExchangeRefusal):
    code = "surveillance.reporting-unit-not-yours"
    message = N_("Your post does not let you report for {unit}.")
    advice = N_("Leave the column out to report for your own unit, or ask that unit to import.")


class UnitMissing(ExchangeRefusal):
    code = "surveillance.reporting-unit-missing"
    message = N_("Nothing says which unit reports this case.")
    advice = N_("Choose the unit that reports the whole file, or add a column.")


class RowRepeated(ExchangeRefusal):
    code = "surveillance.row-repeated"
    message = N_("The row says the same as row {first}.")
    advice = N_("It is taken once; give the cases numbers if there really were two.")


class NumberRepeated(ExchangeRefusal):
    code = "surveillance.number-repeated"
    message = N_("The number {number} stands in row {first} as well, with other content.")
    advice = N_("Give each case its own number.")


class ImportedDifferently(ExchangeRefusal):
    code = "surveillance.imported-differently"
    message = N_("The number {number} was imported before with other content.")
    advice = N_("Open the case and correct it there: a file never overwrites what was reported.")


class SexUnknown(ExchangeRefusal):
    code = "surveillance.sex-unknown"
    message = N_("The sex is not given.")
    advice = N_("It was taken as unknown.")


class SignNotFound(ExchangeRefusal):
    code = "surveillance.sign-not-found"
    message = N_("{value} is not a sign on the list of {on}.")
    advice = N_("Write one of: {suggestions}.")


class VillageNotFound(ExchangeRefusal):
    code = "surveillance.village-not-found"
    message = N_("{value} is not a village of this commune on the map.")
    advice = N_("The signal is taken for the commune, and the word is kept in its note.")


class UnusualValue(ExchangeRefusal):
    """A warning of the case checks."""

    code = "surveillance.unusual-value"
    message = N_("Something about this case is unusual.")
    advice = N_("It is taken; check it once more.")


def spoken(refusal: Refusal) -> ExchangeRefusal:
    """A refusal of a service as a finding of a row: its own code and sentence, and the way on."""
    return _worded(refusal.code, refusal.message, refusal.values, ADVICE)


def unusual(code: str, template: str, values: dict[str, Any]) -> ExchangeRefusal:
    return _worded(code, template, values, UnusualValue.advice)


ADVICE = N_("Correct the row and send the file again; rows already taken are not taken twice.")


def _worded(code: str, message: str, values: dict[str, Any], advice: str) -> ExchangeRefusal:
    made = ExchangeRefusal(**values)
    # An instance speaks for the class whose words it carries.
    made.code, made.message, made.advice = code, message, advice  # type: ignore[misc]
    return made
