"""Why a figure is not taken, and why two are not compared."""

from tuyen.kernel.refusal import N_, Refusal


class UnknownIndicator(Refusal):
    code = "indicators.unknown-indicator"
    message = N_("{value} is not an indicator of the list; the nearest are: {suggestions}.")


class NotDefinedThen(Refusal):
    code = "indicators.not-defined-then"
    message = N_("{indicator} has no definition for {period}; its first begins on {since}.")


class OtherUnit(Refusal):
    code = "indicators.other-unit"
    message = N_("{indicator} is measured in {expected}, not in {value}; convert the figure.")


class NumberTooLong(Refusal):
    code = "indicators.number-too-long"
    message = N_(
        "{value} has too many digits; at most 15 are kept, of which 6 after the decimal mark."
    )


class NotWhole(Refusal):
    code = "indicators.not-whole"
    message = N_(
        "{indicator} counts whole things, and {value} has decimals; was its mark meant for thousands?"
    )


class OutOfRange(Refusal):
    code = "indicators.out-of-range"
    message = N_("{field} is {value}; expected {low} to {high}.")


class OnePartOnly(Refusal):
    code = "indicators.one-part-only"
    message = N_(
        "Give both the numerator and the denominator, as published, or neither:"
        " a missing part is never made up."
    )


class NoPartsExpected(Refusal):
    code = "indicators.no-parts-expected"
    message = N_("{indicator} is not made of a numerator and a denominator; leave them out.")


class PartsDisagree(Refusal):
    code = "indicators.parts-disagree"
    message = N_(
        "{numerator} of {denominator} gives {computed}, not {value}:"
        " check the three numbers, or publish the figure without its parts."
    )


class NotBegun(Refusal):
    code = "indicators.not-begun"
    message = N_("{period} begins on {start}, after {on}: nothing can be published of it yet.")


class DatedLater(Refusal):
    code = "indicators.dated-later"
    message = N_("The document is dated {dated}, after {on}, the day it was recorded.")


class NotOnMap(Refusal):
    code = "indicators.not-on-map"
    message = N_(
        "{unit} is not on the map of {map_on}; choose a unit of that day,"
        " or say on which day's map the figure stands."
    )


class AlreadyPublished(Refusal):
    code = "indicators.already-published"
    message = N_(
        "{document} is already recorded with {value} for {period}; correct that figure instead."
    )


class NoSuchFigure(Refusal):
    code = "indicators.no-such-figure"
    message = N_("There is no published figure {id} of this unit.")


class Superseded(Refusal):
    code = "indicators.superseded"
    message = N_("This figure was corrected or voided since; open its latest version first.")


class NothingChanged(Refusal):
    code = "indicators.nothing-changed"
    message = N_("The correction says the same as the figure it would replace.")


class NoBase(Refusal):
    code = "indicators.no-base"
    message = N_("No figure of {period} is published for this unit.")


class BaseIncomplete(Refusal):
    code = "indicators.base-incomplete"
    message = N_("The base of {period} needs a figure of each former unit; missing: {missing}.")


class NoPartsToAdd(Refusal):
    code = "indicators.no-parts-to-add"
    message = N_(
        "The former units of {period} published no numerators and denominators,"
        " and rates of several units cannot be averaged."
    )


class MapsApart(Refusal):
    code = "indicators.maps-apart"
    message = N_("The units of {period} cannot be led to the map of {map_on}.")


class NothingToPublish(Refusal):
    code = "indicators.nothing-to-publish"
    message = N_("No case is counted in this table; choose other diseases, communes or periods.")


class AllHidden(Refusal):
    code = "indicators.all-hidden"
    message = N_(
        "Every number of this table would have to be hidden; choose longer periods,"
        " larger areas or diseases together."
    )


class TableTooLarge(Refusal):
    code = "indicators.table-too-large"
    message = N_(
        "The table has {cells} cells; at most {most} are published at once."
        " Choose fewer diseases or communes, or longer periods."
    )


class TooMuchTogether(Refusal):
    code = "indicators.too-much-together"
    message = N_(
        "With the {releases} earlier releases that speak of the same cases it would be {cells} cells;"
        " at most {most} can be protected together. Choose periods or diseases"
        " that fewer releases speak of."
    )


class PeriodOpen(Refusal):
    code = "indicators.period-open"
    message = N_("{period} ends on {end}, after {on}: a period is published once it is over.")


class PeriodsApart(Refusal):
    code = "indicators.periods-apart"
    message = N_("{first} to {last} is not a run of periods of one kind, first to last.")


class NoCommuneOfUnit(Refusal):
    code = "indicators.no-commune-of-unit"
    message = N_("{commune} is not a commune of {unit} on the map of {map_on}.")


class OtherRule(Refusal):
    code = "indicators.other-rule"
    message = N_("The rules of {on} hide counts below {k}, in doubt by {width}; look at it again.")


class CountsMoved(Refusal):
    code = "indicators.counts-moved"
    message = N_(
        "The records or the map changed since the table was shown; look at it again"
        " before you publish."
    )


class TooFewShown(Refusal):
    code = "indicators.too-few-shown"
    message = N_("{disease} · {cell} counts from 1 to {most} persons and cannot be printed.")


class GivenAway(Refusal):
    code = "indicators.given-away"
    message = N_(
        "With what was published before, this table would give away {disease} · {cell}."
        " Choose longer periods, larger areas or diseases together, or leave it out."
    )


class GroupGivenAway(Refusal):
    code = "indicators.group-given-away"
    message = N_(
        "With what was published before, this table would tell a small group apart that no table"
        " shows. Choose longer periods, larger areas or diseases together."
    )


class TooManyMarks(Refusal):
    code = "indicators.too-many-marks"
    message = N_(
        "{marks} numbers would be hidden in this table and in those that speak of the same cases; at"
        " most {most} can be judged together. Choose longer periods or larger areas, or round."
    )


class RoundedBefore(Refusal):
    code = "indicators.rounded-before"
    message = N_(
        "Numbers of the same cases were published rounded to {base}: this table must be rounded to"
        " {base} too, or choose other periods."
    )


class ExactBefore(Refusal):
    code = "indicators.exact-before"
    message = N_(
        "Exact numbers of the same cases were published: rounding would hide nothing. Publish with"
        " marks, or choose other periods."
    )


class NotRounded(Refusal):
    code = "indicators.not-rounded"
    message = N_("The numbers are not multiples of {base} that add up to their totals.")


class OtherBase(Refusal):
    code = "indicators.other-base"
    message = N_("The rules of {on} round to {base}; look at the table again.")


class NoSuchRelease(Refusal):
    code = "indicators.no-such-release"
    message = N_("There is no release {id} of this unit to replace.")


class WhyReplaced(Refusal):
    code = "indicators.why-replaced"
    message = N_("Say in a few words why the earlier release is replaced.")


class NoSuchDisease(Refusal):
    code = "indicators.no-such-disease"
    message = N_("{value} is not a disease of the list; choose one of its suggestions.")
