"""A number is read as its writer meant it, or asked about; it is never guessed."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tuyen.web.indicators.numbers import read, written


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("vi", "635.950", "635950"),
        ("vi", "635950", "635950"),
        ("vi", "95,23", "95.23"),
        ("vi", "95,20", "95.20"),  # the zero was printed
        ("vi", "95.23", "95.23"),  # no thousands can be meant
        ("vi", "1.234.567,5", "1234567.5"),
        ("vi", "−1,5", "-1.5"),
        ("vi", "635 950", "635950"),
        ("en", "635,950", "635950"),
        ("en", "95.23", "95.23"),
        ("zh-hans", "635,950.5", "635950.5"),
    ],
)
def test_numbers_that_are_clear(language, text, expected):
    with translation.override(language):
        assert str(read(text)) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "95,23"),  # never 9523
        ("vi", "1.23.456"),
        ("vi", "95,2x"),
        ("vi", "1e9"),
        ("vi", "NaN"),
        ("en", "12,3456"),
        ("en", ""),
    ],
)
def test_numbers_that_are_not_are_asked_about(language, text):
    with translation.override(language), pytest.raises(ValidationError):
        read(text)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12),
       st.sampled_from(["vi", "en", "zh-hans"]))  # fmt: skip
def test_what_is_written_is_read_back(value, language):
    with translation.override(language):
        assert str(read(written(value))) == str(value + 0)
