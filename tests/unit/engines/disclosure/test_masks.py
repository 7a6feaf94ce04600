"""Masks: the same for the same, different for different, and never what they stand for."""

import pytest

from tuyen.engines.disclosure.masks import Masks, Sort
from tuyen.kernel.text import fold

THAI = Sort(("Lò", "Quàng"), (("Văn", "Đức"), ("Thị",)), (("Hùng", "Nam"), ("Hoa", "Lan")))
KINH = Sort(("Nguyễn", "Trần"), (("Minh",), ("Thị", "Thu")), (("Long",), ("Hương",)))
FAMILIES = ("Núi", "Suối", "Mây", "Trăng", "Thác")
MASKS = Masks(b"a key", FAMILIES, [THAI, KINH], frozenset({"measles"}))
OTHER = Masks(b"another", FAMILIES, [THAI, KINH], frozenset({"measles"}))


@pytest.mark.parametrize("length", [1, 2, 3, 4, 5])
def test_numbers_are_permuted_and_none_stays(length):
    numbers = [f"{n:0{length}}" for n in range(10**length)]

    masked = [MASKS.number(number) for number in numbers]

    assert sorted(masked) == numbers
    assert not [one for one, two in zip(numbers, masked, strict=True) if one == two]


@pytest.mark.parametrize(
    ("why", "value", "kept"),
    [
        ("a personal number keeps place, sex and year", "011087001234", "011087"),
        ("a card keeps its group and province", "DN4110123456789", "DN411"),
        ("a passport keeps its letter", "B1234567", "B"),
    ],
)
def test_a_number_keeps_its_form(why, value, kept):
    masked = MASKS.number(value)

    assert masked != value, why
    assert masked.startswith(kept), why
    assert [c.isdigit() for c in masked] == [c.isdigit() for c in value], why
    assert MASKS.number(f" {value[:3]} {value[3:6]}.{value[6:].lower()}") == masked, (
        "as it is typed"
    )


def test_the_digits_of_a_card_and_the_same_digits_alone_stay_together():
    assert MASKS.number("DN4110123456789")[5:] == MASKS.number("0123456789")


def test_a_number_of_no_known_form_becomes_letters():
    masked = MASKS.number("Lò Văn A, quyển 3/2019")

    assert masked.isalnum()
    assert masked.isupper()
    assert len(masked) == 12


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("Lò Thị Mai", THAI.given[1]),
        ("Lò Văn Nam", THAI.given[0]),
        ("Trần Thu Hương", KINH.given[1]),
    ],
)
def test_a_name_is_of_the_same_people_and_sex_and_of_no_family(name, given):
    words = MASKS.name(name).split()

    assert words[0] in FAMILIES
    assert words[-1] in given


def test_a_name_is_one_mask_however_it_is_written():
    assert MASKS.name("Lò Thị Hoà") == MASKS.name("LÒ  thị hòa") == MASKS.name("Lo Thi Hoa")
    assert MASKS.folded("Lò Thị Hoà") == fold(MASKS.name("Lò Thị Hoà"))
    names = [f"Lò Văn {chr(n)}" for n in range(97, 123)]
    assert [MASKS.name(n) for n in names] != [OTHER.name(n) for n in names]


def test_search_words_follow_the_mask_and_keep_year_and_place():
    words = MASKS.words_of("lo thi hoa 1987 0e274ad8847a750c5aea84cde96b31b53", "Lò Thị Hoa")

    assert words == f"{fold(MASKS.name('Lò Thị Hoa'))} 1987 0e274ad8847a750c5aea84cde96b31b53"


def test_a_phone_is_one_on_which_nobody_is_reached():
    assert MASKS.phone("+84 912 345 678") == MASKS.phone("0912345678")
    assert MASKS.phone("0912345678").startswith("01")
    assert len(MASKS.phone("113")) == 10


@pytest.mark.parametrize(
    ("why", "born", "onset", "masked"),
    [
        ("the month stays", "2019-04-23", "2026-10-03", "2019-04-01"),
        ("the birthday had passed", "2019-10-02", "2026-10-03", "2019-10-01"),
        ("the birthday was still to come", "2019-10-23", "2026-10-03", "2019-10-31"),
        ("born in a leap year's February", "2020-02-27", "2026-02-03", "2020-02-29"),
        ("no onset", "2019-10-23", "", "2019-10-01"),
    ],
)
def test_a_birth_keeps_its_month_and_the_age_at_onset(why, born, onset, masked):
    assert MASKS.born_before(born, onset) == masked, why


@pytest.mark.parametrize(
    "word",
    ["measles", "2026-W07", "2026-03", "2026-10-03", "2026-10-03T05:00:00Z", "A15.0", "12", "0.35",
     "4a88dfd7-faeb-55ac-af93-1dbc88aabc8d", "<5", ""],
)  # fmt: skip
def test_words_of_the_rules_and_figures_stay(word):
    assert MASKS.code(word) == word


@pytest.mark.parametrize(
    "word", ["hoa", "0912345678", "0912.345.678", "Lò Thị Hoa", "011087001234"]
)
def test_any_other_word_is_masked(word):
    assert word not in MASKS.code(word)


def test_what_is_empty_stays_empty():
    for mask in ("name", "number", "phone", "text", "login", "address", "born", "code", "folded"):
        assert getattr(MASKS, mask)("") == "", mask


def test_texts_that_differ_have_masks_that_differ():
    assert MASKS.text("Bệnh nhân là Lò Thị Hoa") != MASKS.text("Bệnh nhân là Lò Văn Nam")
    assert "Hoa" not in MASKS.text("Bệnh nhân là Lò Thị Hoa")
    assert MASKS.login("lo.hoa").replace(".", "").isalnum()


@pytest.mark.parametrize("value", ["P26-0412", "AROLC658AA", "0331 zb", "210822", "33/0125"])
def test_the_number_on_a_vial_stays(value):
    assert MASKS.lot(value) == value


@pytest.mark.parametrize(
    ("why", "value"),
    [("a sentence", "mượn của trạm bên"), ("a word", "Hoa"), ("a telephone", "0912 345 678"),
     ("a personal number", "011087001234"), ("a card", "DN4110123456789"), ("empty of digits", "A-B"),
     ("too long for a lot", "A1" * 11)],
)  # fmt: skip
def test_what_is_no_number_of_a_vial_becomes_letters(why, value):
    masked = MASKS.lot(value)

    assert masked != value, why
    assert MASKS.lot(f" {value.lower()} ") == masked, "as it is typed"
    assert OTHER.lot(value) != masked


def test_a_digest_becomes_another_of_its_length():
    masked = MASKS.digest("ab" * 32)

    assert (len(masked), len(MASKS.digest("ab" * 8))) == (64, 16)
    assert set(masked) <= set("0123456789abcdef")
    assert masked != MASKS.digest("cd" * 32)


def test_a_sentence_has_one_mask_with_spaces_around_it_or_without():
    assert MASKS.text(" đã gọi ") == MASKS.text("đã gọi")
