"""Why one cell, or the values of one column together, cannot be read."""

from tuyen.engines.exchange.refusals import ExchangeRefusal
from tuyen.kernel.refusal import N_


class ValueMissing(ExchangeRefusal):
    code = "exchange.value-missing"
    message = N_("The cell is empty, and {field} must be given.")
    advice = N_("Fill it in.")


class DuplicateRow(ExchangeRefusal):
    code = "exchange.duplicate-row"
    message = N_("This row says the same as row {first} in every column that is read.")
    advice = N_("Delete one of them, or add what tells the two apart.")


class ColumnMissing(ExchangeRefusal):
    code = "exchange.column-missing"
    message = N_("No column was matched to {field}, which must be given.")
    advice = N_("Choose the column that holds it, or add one.")


class TextTooLong(ExchangeRefusal):
    code = "exchange.text-too-long"
    message = N_("The text has {count} characters; {limit} fit.")
    advice = N_("Shorten it.")


class TextDamaged(ExchangeRefusal):
    code = "exchange.text-damaged"
    message = N_("“{value}” contains the mark of a lost letter (�).")
    advice = N_("Type the text again from its source.")


class DateUnreadable(ExchangeRefusal):
    code = "exchange.date-unreadable"
    message = N_("“{value}” is not a date that can be read.")
    advice = N_("Write it as day/month/year, for example 05/03/2026.")


class DateImpossible(ExchangeRefusal):
    code = "exchange.date-impossible"
    message = N_("“{value}” names a day that does not exist.")
    advice = N_("Check the day and the month; write day/month/year, for example 28/02/2026.")


class DateAmbiguous(ExchangeRefusal):
    code = "exchange.date-ambiguous"
    message = N_("“{value}” can be {first} or {second}, and this column uses both orders.")
    advice = N_("Write the month as a word or the year first, or say which order is meant.")


class DateOrderAssumed(ExchangeRefusal):
    code = "exchange.date-order-assumed"
    message = N_(
        "Nothing in this column shows whether the day or the month comes first; "
        "“{value}” was read as {read}."
    )
    advice = N_("Confirm the order of day, month and year, or choose the other one.")


class DateOrderMixed(ExchangeRefusal):
    code = "exchange.date-order-mixed"
    message = N_(
        "This column holds dates with the day first (such as “{day_first}”) and with the month "
        "first (such as “{month_first}”)."
    )
    advice = N_("Choose the order that is meant, or put the column in one order.")


class DatesSwapped(ExchangeRefusal):
    code = "exchange.dates-swapped"
    message = N_(
        "The {count} real dates of this column all fall on days 1 to 12, while dates with a later "
        "day stayed text (such as “{value}”): the spreadsheet probably exchanged day and month."
    )
    advice = N_("Compare some rows with the source; format the column as text and paste it again.")


class DateIncomplete(ExchangeRefusal):
    code = "exchange.date-incomplete"
    message = N_("“{value}” has no day; a full date is needed here.")
    advice = N_("Write day, month and year, for example 05/03/2026.")


class DateInFuture(ExchangeRefusal):
    code = "exchange.date-in-future"
    message = N_("“{value}” was read as {read}, which is after {today}.")
    advice = N_("Check the year, and whether the day or the month comes first.")


class DateTooEarly(ExchangeRefusal):
    code = "exchange.date-too-early"
    message = N_("“{value}” was read as {read}, which is before {earliest}.")
    advice = N_("Check the year; write it with four digits.")


class ChoiceUnknown(ExchangeRefusal):
    code = "exchange.choice-unknown"
    message = N_("“{value}” is not one of the words known here.")
    advice = N_("Write one of: {choices}.")


class AgeUnreadable(ExchangeRefusal):
    code = "exchange.age-unreadable"
    message = N_("“{value}” is not an age that can be read.")
    advice = N_("Write a number with its unit, for example 3 tuổi, 8 tháng or 12 ngày.")


class AgeImpossible(ExchangeRefusal):
    code = "exchange.age-impossible"
    message = N_("“{value}” is not a possible age; ages go from 0 to {limit} years.")
    advice = N_("If it is a year of birth, put it in the column for the date of birth.")


class NumberUnreadable(ExchangeRefusal):
    code = "exchange.number-unreadable"
    message = N_("“{value}” is not a whole number.")
    advice = N_("Write it with digits only.")


class NumberOutOfRange(ExchangeRefusal):
    code = "exchange.number-out-of-range"
    message = N_("“{value}” lies outside {lowest} to {highest}.")
    advice = N_("Check the number.")


class NumberDamaged(ExchangeRefusal):
    code = "exchange.number-damaged"
    message = N_("“{value}” lost its last digits: the spreadsheet rounded a long number.")
    advice = N_("Format the column as text and type or paste the number again from its source.")


class PhoneUnreadable(ExchangeRefusal):
    code = "exchange.phone-unreadable"
    message = N_("“{value}” is not a telephone number.")
    advice = N_("Write 10 digits beginning with 0, or + and the country's code.")


class PhoneSeveral(ExchangeRefusal):
    code = "exchange.phone-several"
    message = N_("“{value}” holds more than one number; {first} was taken.")
    advice = N_("Nothing to do, unless another one is the right one.")


class PersonalIdUnreadable(ExchangeRefusal):
    code = "exchange.personal-id-unreadable"
    message = N_("“{value}” is not a personal identification number.")
    advice = N_("Write the 12 digits of the citizen's card (or the 9 of the old card).")


class Icd10Unreadable(ExchangeRefusal):
    code = "exchange.icd10-unreadable"
    message = N_("“{value}” is not an ICD-10 code.")
    advice = N_("Write a letter and two digits, and more after a point if known: A97 or A97.1.")
