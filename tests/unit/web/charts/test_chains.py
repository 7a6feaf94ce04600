"""The tree of a transmission: who hangs on whom, and what is only guessed."""

import re
from datetime import date, timedelta

import pytest
from django.utils import translation

from tuyen.web.charts import Bin, Node, render_chains, render_epicurve

KINDS = {"confirmed": "Confirmed", "suspected": "Suspected", "probable": "Probable"}


def node(id: str, day: int, parent: str = "", **more) -> Node:
    at = date(2026, 10, 1) + timedelta(day)
    return Node(id, at, f"Ca {id}", more.pop("kind", "suspected"), parent, **more)


def rows(picture: str) -> list[list[str]]:
    body = picture.split("<tbody>")[1].split("</tbody>")[0]
    return [
        [re.sub("<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in body.split("</tr>")[:-1]
    ]


def test_a_case_stands_below_the_one_it_had_it_from():
    nodes = [node("c", 5, "a"), node("b", 2, "a"), node("a", 0), node("d", 3, "b"), node("e", 1)]

    picture = render_chains(nodes, title="Chuỗi lây", kinds=KINDS)

    assert [(row[0], row[3]) for row in rows(picture)] == [
        ("Ca a", "–"), ("Ca b", "Ca a"), ("Ca d", "Ca b"), ("Ca c", "Ca a"), ("Ca e", "–"),
    ]  # fmt: skip
    assert picture.count('class="chain"') == 3 + 1  # and the one of the key


def test_a_link_that_only_the_report_names_is_dashed_and_said():
    nodes = [node("a", 0), node("b", 2, "a", guessed=True)]
    with translation.override("en"):
        picture = render_chains(nodes, title="Chuỗi lây", kinds=KINDS)

    assert picture.count("chain-guessed") == 2
    assert "Named in the report only" in picture


@pytest.mark.parametrize(
    ("why", "nodes"),
    [
        ("each had it from the other", [node("a", 0, "b"), node("b", 1, "a")]),
        ("from itself", [node("a", 0, "a")]),
        ("from somebody who is not drawn", [node("a", 0, "z")]),
        ("nobody at all", []),
    ],
)
def test_what_cannot_be_a_tree_is_drawn_all_the_same(why, nodes):
    picture = render_chains(nodes, title="Chuỗi lây", kinds=KINDS)

    assert len(rows(picture)) == len(nodes), why


def test_words_are_escaped():
    bad = Node("a", date(2026, 10, 1), "<script>", "confirmed")

    assert "<script>" not in render_chains([bad], title="<b>", kinds=KINDS)


def test_what_is_still_to_come_is_hatched_and_stands_in_the_table():
    bins = [Bin("24/10", (1, 0)), Bin("25/10", (0, 1), coming=2.4, low=1, high=6)]

    with translation.override("en"):
        picture = render_epicurve(bins, ["Confirmed", "Suspected"], title="Đường cong")

    assert picture.count('class="coming"') == 1
    assert "2.4 more expected (1 to 6 in all)" in picture
    assert rows(picture)[0][-1] == "–"
