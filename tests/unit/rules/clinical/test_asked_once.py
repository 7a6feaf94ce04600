"""Nobody is asked twice: what a visit says is asked by no form, book or closing again."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import msgspec

from tuyen.apps.clinical.operations import CloseMonth, Content
from tuyen.rules.clinical.answers import alike, asked_once
from tuyen.rules.clinical.books import books
from tuyen.rules.clinical.measures import measures
from tuyen.rules.clinical.programme import Programme, programmes

# Facts that are on record of a person, and of a visit, in the words that a form would ask them in.
OF_THE_PERSON = {"name", "sex", "born_on", "birth", "age", "address", "phone", "card", "ethnicity"}
DISTINCT = {
    "checkup.payer": "which budget pays a check-up (state, school, employer), where the visit's payer"
    " says only that a programme does",
}


def asked_twice(forms: Mapping[str, Mapping[str, str]], known: Mapping[str, str]) -> list[str]:
    """Fields of programmes' forms ({programme: {field: words}}) whose name or words are those of
    something that the visit or the record says already ({name: words})."""
    words = {text.casefold() for text in known.values() if text}
    return [
        f"{programme}.{field}"
        for programme, form in forms.items()
        for field, said in form.items()
        if f"{programme}.{field}" not in DISTINCT and (field in known or said.casefold() in words)
    ]


def _known() -> dict[str, str]:
    fields: Iterable[str] = (one.name for one in msgspec.structs.fields(Content))
    told = dict.fromkeys([*fields, *OF_THE_PERSON], "")
    return told | {code: measure.name("vi") for code, measure in measures().items()}


def test_no_form_of_a_programme_asks_what_the_visit_says() -> None:
    forms = {
        key: {name: asked.names.vi for name, asked in one.form.items()}
        for key, one in programmes().items()
    }

    assert asked_twice(forms, _known()) == []
    assert sum(map(len, forms.values())) > 50


def test_mutant_a_form_that_asks_again_is_found() -> None:
    forms = {
        "elderly": {"weight": "Cân nặng hôm nay", "tension": "Huyết áp tâm thu", "falls": "Ngã"}
    }

    assert asked_twice(forms, _known()) == ["elderly.weight", "elderly.tension"]


TOLD_APART = {
    ("hiv.tb_result", "tuberculosis.result"): "table 6 and table 15 have code lists of their own",
}


def told_apart(forms: Iterable[Programme]) -> list[tuple[str, str]]:
    """Pairs of questions of two programmes in the same words that are answered otherwise: a person in
    both would be asked both."""
    asked = [
        (f"{one.key}.{name}", question)
        for one in forms
        for name, question in one.form.items()
        if question.asked
    ]
    return [
        (first, second)
        for at, (first, one) in enumerate(asked)
        for second, other in asked[at + 1 :]
        if one.names.vi.casefold() == other.names.vi.casefold()
        and not alike(one, other)
        and (first, second) not in TOLD_APART
    ]


def test_what_several_programmes_want_to_know_is_asked_once() -> None:
    once = asked_once(programmes().values())

    assert told_apart(programmes().values()) == []
    assert {place for place, first in once.items() if first == ("hypertension", "tobacco")} == {
        (key, "tobacco") for key in ("hypertension", "diabetes", "copd_asthma", "ncd_risk")
    }
    assert once["occupational", "class"] == ("checkup", "class")
    assert once["tuberculosis", "cotrimoxazole_on"] == ("hiv", "cotrimoxazole_on")


def test_mutant_the_same_words_answered_otherwise_are_found() -> None:
    one = programmes()["hypertension"]
    days = replace(one.form["tobacco"], kind="number", low=0, high=60)
    other = replace(programmes()["diabetes"], form={"smokes": days})

    assert told_apart([one, other]) == [("hypertension.tobacco", "diabetes.smokes")]


def test_a_question_that_is_asked_in_its_own_form_twice_stays_two() -> None:
    day = programmes()["hiv"].form["confirmed_on"]
    one = replace(programmes()["hiv"], form={"first": day, "second": day})

    assert set(asked_once([one]).values()) == {("hiv", "first"), ("hiv", "second")}


def test_a_closing_takes_no_figure() -> None:
    assert {one.name for one in msgspec.structs.fields(CloseMonth)} == {"month", "note"}


def test_every_column_of_a_book_is_made_from_what_was_recorded() -> None:
    from tuyen.web.clinical import book_cells, book_lines

    made = {
        "visits": book_cells._CELLS.keys(),
        "births": book_lines._BIRTH.keys(),
        "contraception": book_lines._STEP.keys(),
        "deaths": book_lines._DEATH.keys(),
        "doses": book_lines._DOSE.keys(),
        "talks": book_lines._TALK.keys(),
        "advice": book_lines._ADVICE.keys(),
    }
    typed = {
        (book.code, column.code)
        for book in books().values()
        for column in book.columns
        if column.code not in book_cells._OF_ALL
        and not any(column.code in made[source] for source in book.sources)
    }

    assert typed == set()


def test_every_word_by_which_a_book_chooses_is_one_that_the_engine_knows() -> None:
    from tuyen.engines.clinical.books import WORDS

    asked = {word for book in books().values() for word in book.of}
    asked |= {word for book in books().values() for one in book.figures for word in one.of}
    asked |= {word for book in books().values() for word in book.lines}
    asked |= {word for book in books().values() for part in book.of.get("any", ()) for word in part}

    assert asked <= WORDS
