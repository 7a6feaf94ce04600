"""The map: true shapes, honest classes, reachable by keyboard, small."""

from xml.etree import ElementTree

import pytest

from tuyen.web import gallery
from tuyen.web.charts import Marker, Shape, render_map
from tuyen.web.charts.ground import fit, outlines

SQUARE = [(103.0, 21.0), (103.1, 21.0), (103.1, 21.1), (103.0, 21.1), (103.0, 21.0)]


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"


def shape(value, at=0, href="/u", label=None):
    ring = [(lon + at * 0.1, lat) for lon, lat in SQUARE]
    return Shape(f"u{at}", label or f"Commune {at}", [ring], value, href)


def tree(markup):
    return ElementTree.fromstring(f"<div>{markup}</div>")


def areas(markup):
    return [e for e in tree(markup).iter("path") if "shape" in (e.get("class") or "").split()]


def test_missing_zero_and_counted_look_different():
    drawn = areas(render_map([shape(None), shape(0, 1), shape(4, 2)], title="x"))

    assert drawn[0].get("fill").startswith("url(#")
    assert drawn[1].get("class") == "shape seq-0"
    assert drawn[2].get("class") not in ("shape", "shape seq-0")


def test_the_legend_counts_its_areas():
    markup = render_map(
        [shape(v, at) for at, v in enumerate((None, 0, 2, 3, 9))], title="x", cuts=[3]
    )
    key = ["".join(e.itertext()) for e in tree(markup).iter("li")]

    assert key == ["0 (1)", "1–2 (1)", "≥ 3 (2)", "No report (1)"]


def test_every_area_is_a_link_with_its_words():
    link = next(tree(render_map([shape(4, label="Na Ư")], title="x", unit="cases")).iter("a"))

    assert link.get("href") == "/u"
    assert link.get("aria-label") == "Na Ư: 4 (cases)"


def test_an_area_without_a_link_still_has_its_words():
    markup = render_map([shape(None, href="", label="Na Ư")], title="x")

    assert [e.get("aria-label") for e in tree(markup).iter("g")] == ["Na Ư: No report"]


def test_plain_tuples_are_taken():
    assert len(areas(render_map([("u", "Na Ư", [SQUARE], 1, "")], title="x"))) == 1


def test_words_are_escaped():
    markup = render_map(
        [shape(1, label="<b>&\"'")], title="<i>", markers=[Marker("gate", "<u>", 103, 21)]
    )

    assert "<b>" not in markup
    assert "<u>" not in markup
    assert tree(markup) is not None


def test_a_province_of_129_communes_is_under_150_kilobytes():
    assert len(gallery.sample_map(129).encode()) < 150_000


def test_imported_boundaries_of_many_corners_stay_under_150_kilobytes():
    def wild(at):
        x0, y0 = 102 + at % 12 * 0.15, 21 + at // 12 * 0.15
        steps = [(t / 2000, ((t * 7919) % 13 - 6) / 9000) for t in range(2000)]
        bottom = [(x0 + t * 0.15, y0 + w) for t, w in steps]
        top = [(x0 + (1 - t) * 0.15, y0 + 0.15 + w) for t, w in steps]
        return Shape(f"u{at}", f"Commune {at}", [bottom + top], at, "/u")

    assert len(render_map([wild(at) for at in range(129)], title="x").encode()) < 150_000


def test_places_of_each_kind_have_their_own_shape():
    kinds = ("gate", "hospital", "centre", "laboratory", "station", "point", "site")
    markup = render_map([], title="x", markers=[Marker(k, k, 103, 21) for k in kinds])
    drawn = [list(g)[1] for g in tree(markup).iter("g")]

    assert len({(e.tag, e.get("d"), e.get("r"), e.get("class")) for e in drawn}) == len(kinds)


def test_a_degree_east_is_narrower_than_a_degree_north():
    view = fit([(103, 60), (104, 61)])
    (x0, y0), (x1, y1) = view.put((103, 60)), view.put((104, 61))

    assert (x1 - x0) / (y0 - y1) == pytest.approx(0.4924, abs=0.001), "cos 60.5 degrees"


def test_latitude_and_longitude_in_the_wrong_order_are_refused():
    with pytest.raises(ValueError, match="is not \\(longitude, latitude\\)"):
        fit([(21.0, 103.0)])


def test_neighbours_keep_their_common_border():
    view = fit([(103, 21), (105, 23)])
    left = [(103, 21), (104.0004, 21), (104.0004, 22), (103, 22)]
    right = [(104.0004, 22), (104.0004, 21), (105, 21), (105, 22)]
    one, two = outlines(view, [[left], [right]])

    assert one == "M12 988l453 0 0-488-453 0z", "to 465 across, from 988 up to 500"
    assert two.startswith("M465 500l0 488")


def test_an_area_too_small_for_the_paper_is_still_there():
    tiny = [(103, 21), (103.00001, 21), (103, 21.00001)]

    assert outlines(fit([(103, 21), (105, 23)]), [[tiny]]) == ["M10 986h4v4h-4z"]


def test_a_diverging_map_needs_its_cuts():
    with pytest.raises(ValueError, match="needs its cuts"):
        render_map([shape(1)], title="x", diverging=True)


def test_a_map_without_values_is_drawn():
    assert tree(render_map([], title="x")) is not None
