"""A table for the public: what is hidden, what is refused, and that nothing gives a number away."""

from datetime import date

import numpy as np
import pytest

from tests.unit.apps.indicators.publishing_world import (
    BEFORE,
    PROGRAM,
    TODAY,
    build,
    good,
    operation,
    payload,
    publish,
    report,
    send,
    wish,
)
from tuyen.apps.indicators import publishing, queries
from tuyen.apps.indicators.models import Release
from tuyen.apps.journal.replay import replay
from tuyen.apps.surveillance.operations import VoidCase
from tuyen.engines.disclosure.attack import attack
from tuyen.engines.disclosure.ledger import MARK, Ledger
from tuyen.engines.disclosure.primary import Rule
from tuyen.engines.disclosure.suppress import suppress

MAY, JUNE, AUGUST = date(2026, 5, 12), date(2026, 6, 9), date(2026, 8, 11)
COUNTS = {"A": 3, "B": 30, "C": 14, "D": 16, "E": 40}


@pytest.fixture
def world(db):
    made = build()
    for name, n in COUNTS.items():
        report(made.old[name], MAY, n)
    return made


def book_of(*shapes):
    """The ledger of everything published, as an attacker would read it."""
    releases = publishing.earlier(shapes[0], TODAY)
    return publishing.ledger(publishing.Grid([past.shape for past in releases], TODAY), releases)


def recovered(book, width=10):
    known = book.knowledge
    return {book.labels[row] for row in attack(known).narrower(width).tolist()}


def test_a_small_count_and_its_cover_are_marked_and_the_total_is_shown(world):
    draft = queries.draft(by=PROGRAM, wish=wish(world))

    cells = dict(zip([row.name for row in draft.shape.rows] + ["all"], draft.printed, strict=True))
    assert cells["Xã A"] == MARK
    assert cells["all"] == sum(COUNTS.values())
    assert [draft.shape.rows[n].name for n in np.flatnonzero(draft.small)] == ["Xã A"]
    assert sum(draft.cover) >= 1


def test_a_release_stays_as_published_when_cases_are_corrected(world):
    receipt, draft = publish(world, wish(world))
    assert receipt.ok, receipt.refusal
    for case in report(world.old["E"], MAY, 2)[:1]:
        good(operation(VoidCase(case=case, reason="ghi nhầm"), world.old["E"], corrects=case))

    kept = queries.release(by=PROGRAM, id=receipt.id)

    assert kept.printed == draft.printed
    assert kept.shape == draft.shape
    assert (kept.k, kept.width, kept.map_on) == (10, 10, BEFORE)


def test_a_correction_is_a_new_release_that_names_the_first(world):
    first, _ = publish(world, wish(world))
    report(world.old["E"], MAY, 12)

    second, draft = publish(world, wish(world), replaces=first.id, reason="Ca báo cáo muộn")

    assert second.ok, second.refusal
    assert queries.release(by=PROGRAM, id=first.id).replaced_by == second.id
    assert queries.release(by=PROGRAM, id=second.id).replaces == first.id
    assert draft.earlier == 1


def test_replay_rebuilds_every_release_with_the_records_of_its_day(world):
    publish(world, wish(world))
    report(world.old["E"], MAY, 12)
    publish(world, wish(world, map_on=TODAY))

    found = replay()

    rows = {table.table: (table.rows, table.same) for table in found.tables}
    assert rows["indicators_release"] == (2, True)


def test_units_that_cases_cannot_be_told_between_are_one_row(world):
    report(world.new["X"], AUGUST, 20)

    draft = queries.draft(by=PROGRAM, wish=wish(world, first="2026-08", last="2026-08"))

    assert "Xã A + Xã B" in [row.name for row in draft.shape.rows]


def test_one_commune_asked_for_brings_those_it_cannot_be_told_from(world):
    asked = wish(world, map_on=TODAY, communes=(world.new["X"],))

    draft = queries.draft(by=PROGRAM, wish=asked)

    assert [row.births for row in draft.shape.rows] == [
        tuple(sorted((world.old["A"], world.old["B"])))
    ]


# -- several releases, old and new map: the linear programme is the judge -------------------------


HISTORY = (
    {"map_on": BEFORE},
    {"map_on": TODAY},
    {"map_on": BEFORE, "last": "2026-06"},
    {"map_on": TODAY, "last": "2026-08"},
    {"map_on": BEFORE, "first": "2026-W19", "last": "2026-W21"},
)


def test_no_cell_is_recovered_from_all_releases_of_both_maps(world):
    rng = np.random.default_rng(4)
    for _name, commune in world.old.items():
        report(commune, JUNE, int(rng.integers(0, 30)))
        report(commune, date(2026, 5, 20), int(rng.integers(0, 12)))
    for commune in world.new.values():
        report(commune, AUGUST, int(rng.integers(0, 25)))
    shapes = []
    for chosen in HISTORY:
        try:
            receipt, draft = publish(world, wish(world, **chosen))
        except publishing.refusals.GivenAway:
            continue
        except publishing.refusals.AllHidden:
            continue
        assert receipt.ok, receipt.refusal
        shapes.append(draft.shape)
        report(world.old["E"], MAY, 1)  # late reports come between the releases

    book = book_of(*shapes)

    assert len(shapes) >= 3
    assert (book.printed == MARK).any()
    assert recovered(book) == set()


def forgetful(world, asked):
    """What a programme would print that forgot the earlier releases."""
    draft = queries.draft(by=PROGRAM, wish=asked)
    from tuyen.apps.surveillance import queries as surveillance

    counted = surveillance.born_counts(
        by=PROGRAM, diseases=draft.shape.names, communes=draft.shape.births,
        first=draft.shape.first, last=draft.shape.last,
    )  # fmt: skip
    grid = publishing.Grid([draft.shape], TODAY)
    alone = suppress(
        Ledger.empty(grid.parts), "new", grid.table(draft.shape, counted), Rule(10, 10)
    )
    return draft, tuple(alone.printed.tolist())


def test_mutant_a_table_that_forgot_the_old_map_is_refused_and_would_have_told(world, monkeypatch):
    receipt, _ = publish(world, wish(world))
    assert receipt.ok
    asked = wish(world, map_on=TODAY)
    draft, cells = forgetful(world, asked)
    assert cells != draft.printed

    refused = send(operation(payload(asked, draft, cells=cells), world.province))[0]
    assert refused.refusal.code == "indicators.given-away"
    assert recovered(book_of(draft.shape)) == set()

    monkeypatch.setattr(publishing, "given_away", lambda *_: [])  # nobody looks
    assert send(operation(payload(asked, draft, cells=cells), world.province))[0].ok
    assert recovered(book_of(draft.shape)) != set()


# -- what is refused --------------------------------------------------------------------------------


def refusal_of(world, asked, **more):
    draft = queries.draft(by=PROGRAM, wish=asked)
    return send(operation(payload(asked, draft, **more), world.province))[0].refusal.code


def test_numbers_that_are_not_those_of_the_records_are_refused(world):
    draft = queries.draft(by=PROGRAM, wish=wish(world))
    changed = (*draft.printed[:-1], draft.printed[-1] + 1)

    assert refusal_of(world, wish(world), cells=changed) == "indicators.counts-moved"
    assert refusal_of(world, wish(world), cells=draft.printed[:-1]) == "indicators.counts-moved"


def test_a_small_number_is_never_printed(world):
    order = [row.name for row in queries.draft(by=PROGRAM, wish=wish(world)).shape.rows]
    said = (*(COUNTS[name[-1]] for name in order), sum(COUNTS.values()))

    assert refusal_of(world, wish(world), cells=said) == "indicators.too-few-shown"


def test_a_mark_without_cover_is_given_away(world):
    draft = queries.draft(by=PROGRAM, wish=wish(world))
    order = [row.name for row in draft.shape.rows]
    said = tuple(MARK if name == "Xã A" else COUNTS[name[-1]] for name in order)

    code = refusal_of(world, wish(world), cells=(*said, sum(COUNTS.values())))

    assert code == "indicators.given-away"


def test_another_rule_than_that_of_the_day_is_refused(world):
    assert refusal_of(world, wish(world), k=5) == "indicators.other-rule"


def test_a_release_of_another_unit_is_not_replaced_and_a_reason_is_asked_for(world):
    first, _ = publish(world, wish(world))

    assert refusal_of(world, wish(world), replaces=world.province) == "indicators.no-such-release"
    assert refusal_of(world, wish(world), replaces=first.id) == "indicators.why-replaced"


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ({"first": "2026-03", "last": "2026-03"}, "indicators.nothing-to-publish"),
        ({"first": "2026-10", "last": "2026-10"}, "indicators.period-open"),
        ({"first": "2026-05", "last": "2026-W20"}, "indicators.periods-apart"),
        ({"first": "2026-06", "last": "2026-05"}, "indicators.periods-apart"),
        ({"first": "2022-W01", "last": "2026-W20"}, "indicators.table-too-large"),
        ({"first": "May"}, "kernel.bad-period"),
        ({"diseases": ("no-such-disease",)}, "indicators.no-such-disease"),
    ],
)
def test_bad_input_is_answered_with_what_to_choose_instead(world, chosen, code):
    with pytest.raises(publishing.refusals.Refusal) as refused:
        queries.draft(by=PROGRAM, wish=wish(world, **chosen))

    assert refused.value.code == code


def test_a_commune_of_another_map_is_named(world):
    with pytest.raises(publishing.refusals.NoCommuneOfUnit, match="Xã X"):
        queries.draft(by=PROGRAM, wish=wish(world, communes=(world.new["X"],)))


def test_a_table_of_nothing_but_small_counts_is_refused(world):
    report(world.old["A"], JUNE, 2)

    with pytest.raises(publishing.refusals.AllHidden):
        queries.draft(
            by=PROGRAM,
            wish=wish(world, first="2026-06", last="2026-06", communes=(world.old["A"],)),
        )


def test_more_than_can_be_protected_together_is_refused(world, monkeypatch):
    publish(world, wish(world))
    small = publishing.bounds(TODAY)._replace(together=9)
    monkeypatch.setattr(publishing, "bounds", lambda on: small)

    with pytest.raises(publishing.refusals.TooMuchTogether, match="1 earlier releases"):
        queries.draft(by=PROGRAM, wish=wish(world, map_on=TODAY))


def test_who_may_not_read_the_counts_drafts_no_table(world, holder):
    by = holder(("administrator", world.province))

    with pytest.raises(publishing.refusals.Refusal) as refused:
        queries.draft(by=by, wish=wish(world))

    assert refused.value.code == "access.not-allowed"


def test_releases_are_listed_for_readers_of_their_unit_only(world, holder):
    receipt, _ = publish(world, wish(world))
    commune = holder(("station-head", world.old["A"]))

    assert [row.id for row in queries.releases(by=PROGRAM).rows] == [receipt.id]
    assert queries.releases(by=commune).total == 0
    assert queries.release(by=commune, id=receipt.id) is None
    assert Release.objects.count() == 1
