"""What a personal, insurance or facility number says about itself, and where it contradicts.

None of these numbers is proof: personal numbers have no check digit and can be cancelled and
re-issued (Decree 70/2024/NĐ-CP art. 11), so every finding here is a reason to look again, and a
door shows it as a warning. Only the form ("12 digits") decides whether a number is of its system.

Sources: Circular 59/2021/TT-BCA art. 4 (structure of the personal number); Decision
1351/QĐ-BHXH of 2015-11-16 (card of 15 characters); GS1 General Specifications 7.9 (check digit of
the 13-digit location number).
"""

import re
from collections.abc import Collection
from datetime import date
from typing import Literal, NamedTuple

from tuyen.kernel.refusal import N_, Refusal

Sex = Literal["male", "female"]

_PERSONAL = re.compile(r"\d{12}")
_CARD = re.compile(r"([A-Z]{2})(\d)(\d{2})(\d{10})")
_SEPARATORS = re.compile(r"[\s.\-]+")


_UNBORN = 2300
"""Century digits 8 and 9, births from here on: no living person has such a number, so synthetic
people are given them."""


class NotAPersonalNumber(Refusal):
    code = "registry.personal-number-form"
    message = N_("{value} is not a personal number of 12 digits; check it against the document.")


class NotAnInsuranceNumber(Refusal):
    code = "registry.insurance-number-form"
    message = N_(
        "{value} is neither a card number of 15 characters (two letters, 13 digits) nor a "
        "social-insurance number of 10 digits; check it against the card."
    )


class NotAFacilityCode(Refusal):
    code = "registry.facility-code-form"
    message = N_("{value} is not a facility code of 13 digits.")


class ZerosLost(Refusal):
    code = "registry.identifier-zeros-lost"
    message = N_("{value} has {length} digits; with its leading zeros it may be {suggestion}.")


class UnknownProvinceOfBirth(Refusal):
    code = "registry.personal-number-province"
    message = N_("The personal number {value} begins with {province}, which is no province.")


class NumberOfAMan(Refusal):
    code = "registry.personal-number-male"
    message = N_("The personal number {value} is a man's, but the person is recorded as a woman.")


class NumberOfAWoman(Refusal):
    code = "registry.personal-number-female"
    message = N_("The personal number {value} is a woman's, but the person is recorded as a man.")


class BirthYearContradicts(Refusal):
    code = "registry.personal-number-birth-year"
    message = N_("The personal number {value} says born in {said}, but the birth year is {given}.")


class BornInTheFuture(Refusal):
    code = "registry.personal-number-future"
    message = N_("The personal number {value} says born in {said}, which has not begun by {on}.")


class DemonstrationNumber(Refusal):
    code = "registry.personal-number-demonstration"
    message = N_("The personal number {value} is one of a demonstration; nobody has it.")


class UnknownCardGroup(Refusal):
    code = "registry.card-group"
    message = N_("The card {value} begins with {group}, which is no group of insured persons.")


class CardLevelOutOfRange(Refusal):
    code = "registry.card-level"
    message = N_("The third character of the card {value} is {level}; a benefit level is 1 to 5.")


class UnknownCardProvince(Refusal):
    code = "registry.card-province"
    message = N_("The card {value} is of province {province}, which is not on the list.")


class CheckDigitWrong(Refusal):
    code = "registry.check-digit"
    message = N_("The last digit of {value} should be {expected}; a digit was mistyped.")


class PersonalNumber(NamedTuple):
    """What a personal number of 12 digits says."""

    province: str  # three digits: where the birth was registered, by the list of 63 provinces
    sex: Sex
    birth_year: int


class Card(NamedTuple):
    """What an insurance card of 15 characters says."""

    group: str  # two letters: why insured
    level: int  # benefit level
    province: str  # two digits: who issued it
    number: str  # ten digits: the social-insurance number, the same for life


def clean(value: str) -> str:
    """Without spaces, dots and hyphens, in capitals: as the systems compare it."""
    return _SEPARATORS.sub("", value).upper()


def personal_number(value: str) -> PersonalNumber | None:
    """The parts of a 12-digit personal number; None when it has not that form.

    The fourth digit is the century and the sex: 0 male and 1 female of 1900-1999, 2 and 3 of
    2000-2099, to 8 and 9 of 2300-2399.

    >>> personal_number("011 087 001234")
    PersonalNumber(province='011', sex='male', birth_year=1987)
    """
    number = clean(value)
    if not _PERSONAL.fullmatch(number) or not number.isascii():
        return None
    century, female = divmod(int(number[3]), 2)
    year = 1900 + 100 * century + int(number[4:6])
    return PersonalNumber(number[:3], "female" if female else "male", year)


def check_personal_number(
    value: str,
    sex: str | None = None,
    birth_year: int | None = None,
    on: date | None = None,
    provinces: Collection[str] | None = None,
) -> list[Refusal]:
    """Where a 12-digit personal number contradicts what else is known of its holder.

    Parameters
    ----------
    sex
        "male" or "female"; anything else is not compared.
    on
        The day of recording: a birth year after it is a finding.
    provinces
        Three-digit codes of the provinces of registration.
    """
    number = clean(value)
    parts = personal_number(number)
    if parts is None:
        if number.isdecimal() and number.isascii() and number and 9 < len(number) < 12:
            return [ZerosLost(value=value, length=len(number), suggestion=number.zfill(12))]
        return [NotAPersonalNumber(value=value)]
    if parts.birth_year >= _UNBORN:
        return [DemonstrationNumber(value=number)]
    found: list[Refusal] = []
    if provinces is not None and parts.province not in provinces:
        found.append(UnknownProvinceOfBirth(value=number, province=parts.province))
    if sex in ("male", "female") and sex != parts.sex:
        found.append((NumberOfAMan if parts.sex == "male" else NumberOfAWoman)(value=number))
    if birth_year is not None and birth_year != parts.birth_year:
        found.append(BirthYearContradicts(value=number, said=parts.birth_year, given=birth_year))
    if on is not None and parts.birth_year > on.year:
        found.append(BornInTheFuture(value=number, said=parts.birth_year, on=on))
    return found


def insurance_card(value: str) -> Card | None:
    """The parts of a 15-character card; None when it has not that form (the 10-digit
    social-insurance number, which replaced it on the card, has no parts).

    >>> insurance_card("DN 4 11 1234567890")
    Card(group='DN', level=4, province='11', number='1234567890')
    """
    parts = _CARD.fullmatch(clean(value))
    if parts is None or not clean(value).isascii():
        return None
    group, level, province, number = parts.groups()
    return Card(group, int(level), province, number)


def check_insurance_card(
    value: str,
    groups: Collection[str] | None = None,
    provinces: Collection[str] | None = None,
) -> list[Refusal]:
    """What is wrong with an insurance number of 15 or of 10 characters.

    Parameters
    ----------
    groups
        Two-letter groups of insured persons in force on the card's day.
    provinces
        Two-digit codes of issuing provinces.
    """
    number = clean(value)
    if number.isdecimal() and number.isascii():
        if len(number) == 10:
            return []
        if 7 < len(number) < 10:
            return [ZerosLost(value=value, length=len(number), suggestion=number.zfill(10))]
    card = insurance_card(number)
    if card is None:
        return [NotAnInsuranceNumber(value=value)]
    found: list[Refusal] = []
    if groups is not None and card.group not in groups:
        found.append(UnknownCardGroup(value=number, group=card.group))
    if not 1 <= card.level <= 5:
        found.append(CardLevelOutOfRange(value=number, level=card.level))
    if provinces is not None and card.province not in provinces:
        found.append(UnknownCardProvince(value=number, province=card.province))
    return found


def check_digit(body: str) -> int:
    """The GS1 check digit of a number without it: weights 3 and 1 from the right, modulo 10.

    >>> check_digit("400638133393")
    1
    """
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(body)))
    return -total % 10


def check_facility_code(value: str) -> list[Refusal]:
    """What is wrong with a 13-digit facility code (a GS1 location number)."""
    number = clean(value)
    if not (number.isdecimal() and number.isascii() and len(number) == 13):
        return [NotAFacilityCode(value=value)]
    expected = check_digit(number[:-1])
    if int(number[-1]) != expected:
        return [CheckDigitWrong(value=number, expected=expected)]
    return []
