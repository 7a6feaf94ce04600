"""Codes of citizen cards and insurance cards, as a reader types them."""

from datetime import date

import pytest

from tuyen.engines.registry.scanned import read

CITIZEN = (
    "011087001234|045123456|Lò Văn Páo|05061987|Nam|Bản Huổi Lèng, xã Nà Hỳ, Điện Biên|01072021"
)


def test_a_citizen_card_tells_who_it_is():
    card = read(CITIZEN)

    assert (card.kind, card.number, card.old_number) == ("citizen", "011087001234", "045123456")
    assert (card.name, card.born_on, card.sex) == ("Lò Văn Páo", date(1987, 6, 5), 1)
    assert card.address.startswith("Bản Huổi Lèng")


def test_the_card_of_2024_has_further_parts():
    card = read(CITIZEN.replace("|045123456|", "||") + "|Lò Văn Chựa|Quàng Thị Ín|")

    assert (card.name, card.old_number) == ("Lò Văn Páo", "")


def test_an_insurance_card_tells_its_days_and_its_name_in_hexadecimal():
    name, address = "Lò Thị Ẻn".encode().hex(), "Bản Nà Sự".encode().hex()

    card = read(f"HN2111234567890|{name}|15/02/1990|2|{address}|11 - 065|01/01/2026|31/12/2026|$")

    assert (card.kind, card.card, card.name) == ("insurance", "HN2111234567890", "Lò Thị Ẻn")
    assert (card.born_on, card.sex, card.address) == (date(1990, 2, 15), 2, "Bản Nà Sự")
    assert (card.since, card.until) == (date(2026, 1, 1), date(2026, 12, 31))
    assert card.facility == "11065"


@pytest.mark.parametrize(
    ("born", "expected"),
    [("00001950", (date(1950, 1, 1), "year")), ("00061950", (date(1950, 6, 1), "month")),
     ("1950", (date(1950, 1, 1), "year"))],
)  # fmt: skip
def test_a_birth_of_which_a_part_is_known_says_so(born, expected):
    card = read(CITIZEN.replace("05061987", born))

    assert (card.born_on, card.precision) == expected


@pytest.mark.parametrize("born", ["05061887", "31021987", "", "5 tháng 6"])
def test_a_birth_that_cannot_be_is_left_out_and_named(born):
    card = read(CITIZEN.replace("05061987", born))

    assert card.born_on is None
    assert card.odd == ("born_on",)


@pytest.mark.parametrize(
    ("text", "number", "card"),
    [("0110 8700 1234", "011087001234", ""), ("hn2 11 1234567890", "", "HN2111234567890"),
     ("1123456789", "", "1123456789")],
)  # fmt: skip
def test_a_bare_number_is_a_number(text, number, card):
    found = read(text)

    assert (found.kind, found.number, found.card) == ("number", number, card)


@pytest.mark.parametrize("text", ["", "pao", "lò văn páo 1987", "a|b|c|d|e|f|g", "123", "|" * 40])
def test_anything_else_is_no_card(text):
    assert read(text) is None
