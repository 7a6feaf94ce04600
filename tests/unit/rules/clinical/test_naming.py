"""Names of diagnoses, and which codes a few words mean."""

from datetime import date

import pytest

from tuyen.rules.clinical import codes
from tuyen.rules.clinical.naming import find, name
from tuyen.rules.loader import load


@pytest.mark.parametrize(
    ("text", "first"),
    [("tăng huyết áp", "I10"), ("tang huyet ap", "I10"), ("e119", "E11.9"), ("I10", "I10"),
     ("ho", "R05"), ("高血压", "I10"), ("asthma", "J45"), ("dau lung", "M54")],
)  # fmt: skip
def test_a_code_or_words_without_marks_find_a_diagnosis(text, first):
    assert first in [one.code for one in find(text)][:3]


@pytest.mark.parametrize("text", ["", "   ", "zzz", "I"])
def test_what_means_nothing_finds_nothing_or_a_beginning(text):
    assert all(one.code.startswith(text.strip() or "?") for one in find(text))


def test_a_code_that_is_not_named_is_called_by_its_category_or_its_chapter():
    assert name("I10.9", "vi") == name("I10", "vi")
    assert name("Q21.0", "vi") == "Dị tật bẩm sinh và bất thường nhiễm sắc thể"
    assert name("?") == ""


def test_every_named_code_stands_on_the_list_of_a_day():
    on = date(2026, 10, 25)
    listed = [row["code"] for row in load("clinical/diagnosis_names") if "-" not in row["code"]]

    assert [c for c in listed if codes.judge(c, on).standing not in ("known", "unknown")] == []
    assert len(listed) == len(set(listed))
