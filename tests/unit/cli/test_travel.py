"""``tuyen travel``: from files to minutes, and what it says to files that are no use."""

import csv

import pytest

from tuyen.cli.main import main

ROADS = """road,lon,lat,class
QL,103.00,21.40,national
QL,103.05,21.40,national
QL,103.10,21.40,national
X1,103.05,21.40,commune
X1,103.05,21.45,commune
ROI,103.30,21.60,commune
ROI,103.32,21.60,commune
"""
SITES = "id,lon,lat\ntram,103.001,21.401\n"
VILLAGES = """id,name,lon,lat,people
a,Bản Nà Sang,103.051,21.449,120
b,Bản Huổi Hạ,103.301,21.601,80
c,Bản Không Người,103.0995,21.4001,0
"""


@pytest.fixture
def files(tmp_path):
    """Writes the three files (or others in their place); gives their paths and that of the answer."""

    def write(roads=ROADS, sites=SITES, villages=VILLAGES):
        paths = {}
        for name, text in (("roads", roads), ("sites", sites), ("villages", villages)):
            paths[name] = tmp_path / f"{name}.csv"
            paths[name].write_text(text, encoding="utf-8")
        return paths | {"out": tmp_path / "out.csv", "surface": tmp_path / "land.npz"}

    return write


def minutes(at, *options):
    return main(["travel", "minutes", str(at["sites"]), str(at["villages"]), "--out", str(at["out"]),
                 *map(str, options)])  # fmt: skip


def answer(at):
    with at["out"].open(encoding="utf-8", newline="") as file:
        return {row["village"]: row for row in csv.DictReader(file)}


def test_on_roads_whoever_is_cut_off_is_named_with_how_far_the_next_road_is(files, capsys):
    at = files()

    assert minutes(at, "--roads", at["roads"]) == 1
    rows, said = answer(at), capsys.readouterr()
    assert float(rows["a"]["minutes"]) == pytest.approx(24.5, abs=2)
    assert (rows["a"]["site"], rows["b"]["site"], rows["b"]["minutes"]) == ("tram", "", "")
    assert (
        "Bản Huổi Hạ (b) reaches no site: its road leads to no site; the nearest that does is"
        in said.err
    )
    assert "1 of 3 villages reach no site" in said.err
    assert "1 villages have no people (first: Bản Không Người)" in said.out
    assert "Within 30 minutes: 120 people (60.0 %)." in said.out


def test_over_land_everybody_is_reached_and_rain_makes_it_longer(files):
    at = files()
    assert main(["travel", "build", "--roads", str(at["roads"]), "--cell", "200",
                 "--out", str(at["surface"])]) == 0  # fmt: skip

    ways = []
    for season in ("dry", "wet"):
        assert minutes(at, "--surface", at["surface"], "--season", season) == 0
        ways.append([float(row["minutes"]) for row in answer(at).values()])
    assert all(wet > dry for dry, wet in zip(*ways, strict=True))
    assert minutes(at, "--surface", at["surface"], "--pairs", "--limit", "60") == 1
    assert {row["site"] for row in answer(at).values()} == {"tram"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"villages": "id,lon,lat\na,21.4,103.05\n"}, "swapped, the first in row 2"),
        ({"villages": "id,lon,lat\na,512000,2367000\n"}, "is no place in degrees"),
        ({"villages": "id,lon,lat\na,103.0,\n"}, "row 2, column lat"),
        ({"villages": "id,lon,lat\na,103.0,21.4\na,103.1,21.4\n"}, "row 3, column id"),
        ({"villages": "id,lon,lat,people\na,103.0,21.4,-3\n"}, "row 2, column people"),
        (
            {"roads": ROADS.replace("X1,103.05,21.45,commune", "X1,103.05,21.45,asphalt")},
            "row 6, column class",
        ),
        ({"roads": ROADS + "Y,103.0,21.0,track\n"}, "at least two points of each road"),
        (
            {"roads": ROADS.replace("21.45,commune", "21.45,track")},
            "'X1' has the classes commune, track",
        ),
        (
            {"roads": "road,lon,lat,class,one_way\nA,103,21.4,track,yes\nA,103.1,21.4,track,no\n"},
            "row 3, column one_way",
        ),
        (
            {"roads": "road,lon,lat,class,bridge\nA,103,21.4,track,\nA,103.1,21.4,track,maybe\n"},
            "row 3, column bridge",
        ),
        ({"roads": "road,lon,lat,class\nS,103,21,river\nS,103.1,21,river\n"}, "has no road in it"),
    ],
)
def test_a_file_that_is_no_use_is_answered_with_its_row(files, capsys, change, said):
    at = files(**change)

    assert minutes(at, "--roads", at["roads"]) == 2
    assert said in capsys.readouterr().err
    assert not at["out"].exists()


@pytest.mark.parametrize("name", ["sites", "villages", "roads"])
def test_an_answer_is_never_written_over_a_file_that_is_read_for_it(files, capsys, name):
    at = files()
    before = at[name].read_bytes()

    assert minutes(at | {"out": at[name]}, "--roads", at["roads"]) == 2
    assert f"{name}.csv" in capsys.readouterr().err
    assert at[name].read_bytes() == before


def test_a_surface_is_not_begun_where_it_cannot_be_written(files, capsys, tmp_path):
    at = files()
    before = at["roads"].read_bytes()

    for out in (at["roads"], tmp_path / "nowhere" / "land.npz"):
        build = ["travel", "build", "--roads", str(at["roads"]), "--out", str(out)]
        assert main(build) == 2
        assert str(out) in capsys.readouterr().err
    assert at["roads"].read_bytes() == before


def test_a_surface_that_is_none_and_options_that_are_none(files, capsys):
    at = files()
    at["surface"].write_bytes(b"nothing")

    assert minutes(at, "--surface", at["surface"]) == 2
    assert "land.npz is no travel surface" in capsys.readouterr().err
    assert minutes(at, "--roads", at["roads"], "--limit", "-1") == 2
    assert main(["travel", "build", "--roads", str(at["roads"]), "--cell", "1", "--out", "x"]) == 2
    assert "--cell is 1.0; expected 20 to 5,000 metres" in capsys.readouterr().err
