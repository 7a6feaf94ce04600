"""Every screen that a post can open: accessible, in the frame, and fitting a phone.

The screens are found by walking, as a person would: from the menu into the first link of each kind
that leads deeper. A screen added later is walked without being named here.
"""

import re

import pytest

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.walking import ID, shape, walk

LATER = pytest.mark.nightly


def judge(visitor, *, contrast=True):
    """What :func:`walk` asks of each screen."""

    def look(page, path):
        visitor.check_accessible(contrast=contrast)
        page.set_viewport_size(PHONE)
        visitor.check_fits()
        page.set_viewport_size(DESK)

    return look


def test_half_of_the_screens_of_the_office_is_accessible_and_fits(visit):
    """The other half, and contrast, are looked at by night: a browser takes five minutes for all of it."""
    office = visit("cdc", DESK)
    office.page.set_default_timeout(60_000)  # the first back-test compiles what it computes with
    screens = walk(office, judge(office, contrast=False), share=(0, 2))
    assert len(screens) > 100


def test_every_screen_that_only_the_operator_has_is_accessible_and_fits(visit):
    office = visit("cdc", DESK)
    known = {shape(path) for path in walk(office, None)}
    operator = visit("quantri", DESK)
    more = walk(operator, judge(operator, contrast=False), known=known)
    assert len(more) > 5


@LATER
@pytest.mark.parametrize("login", ["cdc", "quantri", "tramtruong", "giamdoc", "kehoach"])
def test_every_screen_of_a_post_is_accessible_and_fits(visit, login):
    """With the contrast of every word against what lies behind it."""
    visitor = visit(login, DESK)
    visitor.page.set_default_timeout(60_000)  # the first back-test compiles what it computes with
    screens = walk(visitor, judge(visitor))
    assert len(screens) > 5, screens


@pytest.mark.nightly
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_screen_speaks_the_language_chosen(visit, language):
    """Words of the frame and of screens in another language than the chosen one stand out."""
    visitor = visit("cdc", DESK)
    visitor.speaks(language)

    def look(page, path):
        assert page.get_attribute("html", "lang") == language, path
        heading = page.locator("main h1").inner_text()
        if language == "zh-hans" and not ID.search(path):
            assert re.search(r"[\u4e00-\u9fff]", heading), (path, heading)

    assert len(walk(visitor, look)) > 5
