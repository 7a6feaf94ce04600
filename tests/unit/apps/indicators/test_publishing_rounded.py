"""A table whose numbers are rounded, behind the door: it adds up, agrees with the others, is judged."""

from datetime import date

import numpy as np
import pytest
from django.utils import translation

from tests.unit.apps.indicators.publishing_world import (
    PROGRAM,
    TODAY,
    build,
    operation,
    payload,
    publish,
    report,
    send,
    wish,
)
from tuyen.apps.indicators import publishing, queries, refusals
from tuyen.apps.journal.replay import replay
from tuyen.engines.disclosure.attack import attack
from tuyen.engines.disclosure.ledger import MARK
from tuyen.web.sentences import say

MAY, JUNE = date(2026, 5, 12), date(2026, 6, 9)
COUNTS = {"A": 3, "B": 31, "C": 14, "D": 16, "E": 42}


@pytest.fixture
def world(db):
    made = build()
    for name, n in COUNTS.items():
        report(made.old[name], MAY, n)
        report(made.old[name], JUNE, n % 7)
    return made


def cells(draft):
    return np.array(draft.printed).reshape(len(draft.shape.rows) + 1, -1)


def test_every_number_is_a_multiple_and_sums_add_up(world):
    draft = queries.draft(by=PROGRAM, wish=wish(world, last="2026-06", rounded=True))
    found = cells(draft)

    assert draft.base == 5
    assert (found % 5 == 0).all()
    assert (found[:-1].sum(0) == found[-1]).all()
    assert (found[:, :-1].sum(1) == found[:, -1]).all()
    assert draft.error is not None
    assert draft.error >= 4
    assert not any(draft.small)


@pytest.mark.check("PL-09", "PL-10")
def test_old_map_and_new_map_agree_and_tell_no_more_than_one_rounding(world):
    asked = [wish(world, rounded=True), wish(world, map_on=TODAY, rounded=True),
             wish(world, last="2026-06", rounded=True)]  # fmt: skip
    drafts = []
    for one in asked:
        receipt, draft = publish(world, one)
        assert receipt.ok, receipt.refusal
        drafts.append(draft)
    old, new = (dict(zip([r.name for r in d.shape.rows] + ["all"], d.printed, strict=True))
                for d in drafts[:2])  # fmt: skip

    assert new["Xã X"] == old["Xã A"] + old["Xã B"]
    assert new["all"] == old["all"]
    assert cells(drafts[2])[:-1, 0].tolist() == list(drafts[0].printed[:-1])
    releases = publishing.earlier(drafts[0].shape, TODAY)
    grid = publishing.Grid([past.shape for past in releases], TODAY)
    book = publishing.ledger(grid, releases)
    assert len(releases) == 3
    assert attack(book.knowledge).narrower(4).size == 0


def test_it_is_kept_and_read_as_it_was_published(world):
    receipt, draft = publish(world, wish(world, rounded=True))
    kept = queries.release(by=PROGRAM, id=receipt.id)

    assert (kept.base, kept.error, kept.printed) == (5, draft.error, draft.printed)
    assert kept.hidden == 0
    assert replay().same


def refusal_of(world, asked, **more):
    draft = queries.draft(by=PROGRAM, wish=asked)
    return send(operation(payload(asked, draft, **more), world.province))[0].refusal


def test_numbers_that_nobody_rounded_so_are_refused(world):
    asked = wish(world, rounded=True)
    shown = queries.draft(by=PROGRAM, wish=asked).printed

    def code(*changed, **more):
        return refusal_of(world, asked, cells=changed, **more).code

    assert code(*shown[:-1], shown[-1] + 5) == "indicators.not-rounded"  # does not add up
    assert code(shown[0] + 1, *shown[1:-1], shown[-1] + 1) == "indicators.not-rounded"
    assert code(shown[0] + 10, *shown[1:-1], shown[-1] + 10) == "indicators.counts-moved"
    assert code(MARK, *shown[1:]) == "indicators.not-rounded"
    assert code(*shown, base=3) == "indicators.other-base"
    assert code(*shown[:-1]) == "indicators.counts-moved"


def test_exact_and_rounded_numbers_of_the_same_cases_are_not_mixed(world):
    publish(world, wish(world))
    with pytest.raises(refusals.ExactBefore):
        queries.draft(by=PROGRAM, wish=wish(world, map_on=TODAY, rounded=True))

    publish(world, wish(world, first="2026-06", last="2026-06", rounded=True))
    with pytest.raises(refusals.RoundedBefore, match="rounded to 5"):
        queries.draft(by=PROGRAM, wish=wish(world, first="2026-06", last="2026-06"))


@pytest.mark.check("PL-09", mutant=True)
def test_mutant_a_table_rounded_anew_each_time_is_refused(world):
    """Rounded by itself, a second table of the same cases would let the errors be averaged out."""
    publish(world, wish(world, rounded=True))
    asked = wish(world, map_on=TODAY, rounded=True)
    shown = queries.draft(by=PROGRAM, wish=asked).printed
    moved = [n for n, value in enumerate(shown[:-1]) if value >= 5][:2]
    other = list(shown)
    other[moved[0]] += 5
    other[moved[1]] -= 5

    assert refusal_of(world, asked, cells=tuple(other)) is not None


@pytest.mark.check("CF-11")
def test_a_judgement_that_would_take_too_long_is_refused_with_a_sentence(world, monkeypatch):
    drawn = queries.draft(by=PROGRAM, wish=wish(world))
    small = publishing.bounds(TODAY)._replace(marks=1)
    monkeypatch.setattr(publishing, "bounds", lambda on: small)

    assert drawn.printed.count(MARK) > 1
    with pytest.raises(refusals.TooManyMarks, match="at most 1"):
        queries.draft(by=PROGRAM, wish=wish(world))
    made = operation(payload(wish(world), drawn), world.province)
    assert send(made)[0].refusal.code == "indicators.too-many-marks"


@pytest.mark.check("CF-11")
def test_more_rounded_cells_than_one_judgement_measures_are_refused(world, monkeypatch):
    draft = queries.draft(by=PROGRAM, wish=wish(world, rounded=True))
    small = publishing.bounds(TODAY)._replace(rounded=draft.shape.size - 1)
    monkeypatch.setattr(publishing, "bounds", lambda on: small)

    with pytest.raises(refusals.TooMuchTogether, match=f"at most {draft.shape.size - 1}"):
        queries.draft(by=PROGRAM, wish=wish(world, rounded=True))
    made = operation(payload(wish(world), draft), world.province)
    assert send(made)[0].refusal.code == "indicators.too-much-together"


@pytest.mark.check("CF-11", mutant=True)
def test_mutant_a_judgement_without_an_end_is_found(world, monkeypatch):
    monkeypatch.setattr(publishing, "few_enough", lambda releases, shown, on: None)

    with pytest.raises(pytest.fail.Exception):
        test_a_judgement_that_would_take_too_long_is_refused_with_a_sentence(world, monkeypatch)


@pytest.mark.parametrize(
    ("language", "name"), [("vi", "Sởi"), ("en", "Measles"), ("zh-hans", "麻疹")]
)
def test_a_refusal_names_the_disease_in_the_readers_language(world, language, name):
    order = [row.name for row in queries.draft(by=PROGRAM, wish=wish(world)).shape.rows]
    said = (*(COUNTS[each[-1]] for each in order), sum(COUNTS.values()))
    refusal = refusal_of(world, wish(world), cells=said)

    with translation.override(language):
        told = say(refusal)

    assert refusal.code == "indicators.too-few-shown"
    assert name in told
    assert "Xã A" in told
    assert "measles" not in told
