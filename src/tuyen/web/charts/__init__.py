"""Charts and maps as accessible SVG: plain values in, a safe string out.

One palette (`tuyen.web.palette`), one way of showing what is not known: a report that has not come
is hatched, a reported zero has a mark of its own, and neither looks like the other.
"""

from tuyen.web.charts.bars import Bar, render_bars, render_sparkline
from tuyen.web.charts.chains import Node, render_chains
from tuyen.web.charts.drawings import drawn_once
from tuyen.web.charts.epicurve import Bin, Note, render_epicurve
from tuyen.web.charts.fan import Spread, Step, render_fan
from tuyen.web.charts.ground import Outline
from tuyen.web.charts.heat import Due, Strip, heat_table, render_heat
from tuyen.web.charts.maps import Marker, Shape, render_map
from tuyen.web.charts.rate import Rate, render_rate
from tuyen.web.charts.weekly import Week, render_multiples, render_weekly, weekly_table

__all__ = [
    "Bar",
    "Bin",
    "Due",
    "Marker",
    "Node",
    "Note",
    "Outline",
    "Rate",
    "Shape",
    "Spread",
    "Step",
    "Strip",
    "Week",
    "drawn_once",
    "heat_table",
    "render_bars",
    "render_chains",
    "render_epicurve",
    "render_fan",
    "render_heat",
    "render_map",
    "render_multiples",
    "render_rate",
    "render_sparkline",
    "render_weekly",
    "weekly_table",
]
