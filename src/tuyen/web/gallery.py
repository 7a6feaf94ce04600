"""Every component on one page, with invented values: to look at, to copy from, and to test.

The page is a template like any other (`components/gallery.html`); this is its context and view.
"""

import math
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from tuyen.web import charts
from tuyen.web.access import PUBLIC, screen
from tuyen.web.tables import Column

DAY = date(2026, 3, 7)
PLACES = (
    *("Mường Pồn", "Na Ư", "Thanh Nưa", "Nậm Kè", "Si Pa Phìn", "Chà Tở", "Nà Hỳ", "Mường Toong"),
    *("Sín Thầu", "Pú Nhung", "Quài Tở", "Tủa Chùa", "Sáng Nhè", "Xa Dung", "Phình Giàng"),
)


class _Sample(forms.Form):
    name = forms.CharField(label="Họ và tên", help_text="Như trên giấy tờ")
    disease = forms.CharField(label="Bệnh")
    disease_id = forms.CharField(required=False, widget=forms.HiddenInput)
    onset = forms.DateField(label="Ngày khởi phát", input_formats=["%d/%m/%Y"])
    sex = forms.ChoiceField(
        label="Giới", choices=[("m", "Nam"), ("f", "Nữ")], widget=forms.RadioSelect
    )
    outcome = forms.ChoiceField(
        label="Kết quả", required=False, choices=[("", "–"), ("1", "Đang điều trị"), ("2", "Khỏi")]
    )
    linked = forms.BooleanField(label="Có liên quan ổ dịch đã biết", required=False)
    note = forms.CharField(label="Ghi chú", required=False, widget=forms.Textarea)


@screen(right=PUBLIC)
def gallery(request: HttpRequest) -> HttpResponse:
    """Show the gallery."""
    return render(request, "components/gallery.html", context())


def context() -> dict[str, Any]:
    """The values of the gallery: always the same."""
    return {
        "as_of": datetime(2026, 3, 7, 14, 5, tzinfo=get_current_timezone()),
        **_lists(),
        **_forms(),
        **_pieces(),
        **_charts(),
    }


def _lists() -> dict[str, Any]:
    """A table with its pages and its trail."""
    rows = [
        {
            "n": at + 1,
            "href": f"#case-{at}",
            "name": name,
            "disease": ("Sốt xuất huyết Dengue", "Tay chân miệng", "Sởi")[at % 3],
            "onset": DAY - timedelta(days=at),
            "cases": (at * 37) % 23,
            "share": None if at == 4 else 1 - at / 40,
        }
        for at, name in enumerate(PLACES[:8])
    ]
    return {
        "trail": [
            ("Tỉnh Điện Biên", "#"),
            ("Trung tâm Y tế khu vực Nậm Pồ", "#"),
            ("Si Pa Phìn", None),
        ],
        "columns": [
            Column(key="name", label="Xã", head=True, sort=True, href="href"),
            Column(key="disease", label="Bệnh"),
            Column(key="onset", label="Khởi phát", kind="day", sort=True),
            Column(key="cases", label="Ca mắc", kind="number", sort=True),
            Column(key="share", label="Đầy đủ", kind="percent"),
        ],
        "rows": rows,
        "page": Paginator(range(1337), 25).get_page(4),
    }


def _forms() -> dict[str, Any]:
    """A form filled in and a blank one, and filters that were kept."""
    return {
        "form": _Sample({"onset": "04/03/2026", "name": "Lò Văn Thử", "sex": "m"}),
        "blank": _Sample(initial={"onset": DAY - timedelta(days=2)}),
        "today": DAY,
        "saved": [
            {"label": "Nhóm A, 24 giờ", "href": "?group=A", "current": True},
            {"label": "Tay chân miệng dưới 5 tuổi", "href": "?disease=hfmd"},
        ],
    }


def _pieces() -> dict[str, Any]:
    """What stands beside tables and forms: stops of time, events, tabs, facts, changes, findings."""
    return {
        "stops": [
            {"label": "01/01/2024", "href": "?on=2024-01-01", "major": True},
            {"label": "01/01/2025", "href": "?on=2025-01-01"},
            {"label": "30/06/2025", "href": "?on=2025-06-30", "major": True},
            {"label": "01/07/2025", "href": "?on=2025-07-01", "current": True},
            {"label": "07/03/2026", "href": "?on=2026-03-07", "major": True},
        ],
        "events": [
            {
                "title": "Cảnh báo AL-B1",
                "when": DAY,
                "tone": "warn",
                "text": "9 ca trong tuần",
                "href": "#",
            },
            {
                "title": "Xác minh xong",
                "when": DAY - timedelta(days=1),
                "tone": "good",
                "by": "CDC tỉnh",
            },
            {"title": "Ca đầu tiên khởi phát", "when": DAY - timedelta(days=6)},
            {"title": "Hạn báo cáo kết thúc", "when": DAY + timedelta(days=14), "tone": "future"},
        ],
        "tabs": [
            ("now", "Hiện nay", "#", 12),
            ("past", "Lịch sử", "#", 1402),
            ("links", "Quan hệ", "#"),
        ],
        "facts": [("Mã đơn vị", "03 127"), ("Thuộc", "Phường Mường Thanh", "#"), ("Bác sĩ", None)],
        "diff": [("Ngày khởi phát", "03/03/2026", "01/03/2026"), ("Số thẻ", None, "DN 4 11 …")],
        "found": [
            {
                "label": "Lò Thị Hoà",
                "note": "1987, Mường Pồn",
                "icon": "person",
                "href": "#",
                "group": "Người",
            },
            {
                "label": "Trạm Y tế Mường Pồn",
                "note": "trạm",
                "icon": "unit",
                "href": "#",
                "group": "Nơi",
            },
        ],
    }


def _charts() -> dict[str, SafeString]:
    rng = Random(7)  # noqa: S311  # invented figures, the same each time
    weeks = [_week(at, rng) for at in range(60)]
    diseases = ("Sốt xuất huyết Dengue", "Tay chân miệng", "Sởi", "Cúm", "Thủy đậu", "Tiêu chảy")
    multiples = [
        (name, f"{n + 1} xã", [_week(at + 7 * n, rng) for at in range(52)])
        for n, name in enumerate(diseases)
    ]
    curve = [
        charts.Bin(
            f"{(DAY - timedelta(days=27 - at)):%d/%m}",
            None if at == 27 else [round(v * math.exp(-((at - 13) ** 2) / 40)) for v in (5, 7, 3)],
        )
        for at in range(28)
    ]
    bars = [
        charts.Bar(name, None if at == 3 else max(0, 1 - at / 9), "#", 0.95, f"{100 - 11 * at}%")
        for at, name in enumerate(PLACES[:9])
    ]
    strips = [
        charts.Strip(
            name,
            [
                charts.Due(
                    None if w == 3 and at == 2 else rng.choice((0, 0.4, 0.7, 0.9, 1, 1, 1)),
                    rng.random() < 0.1,
                )
                for w in range(26)
            ],
            "#",
        )
        for at, name in enumerate(PLACES)
    ]
    labels = [f"T{w + 1}" for w in range(26)]
    return {
        "weekly": charts.render_weekly(
            weeks,
            title=_("Dengue passed its threshold in two weeks"),
            sub=_("Cases by week of onset"),
            size="wide",
        ),
        "weekly_line": charts.render_weekly(weeks[:26], title=_("The same as a line"), mark="line"),
        "multiples": charts.render_multiples(multiples),
        "curve": charts.render_epicurve(
            curve,
            ["Xác định", "Có thể", "Nghi ngờ"],
            title=_("The outbreak has passed its peak"),
            notes=[charts.Note(9, "Cảnh báo AL-B1"), charts.Note(12, "Đội đáp ứng đến xã")],
        ),
        "fan": charts.render_fan(_steps(rng), title=_("The peak is near; reports are late")),
        "rate": charts.render_rate(
            _rates(),
            title=_("Each case infects fewer than one"),
            even_words=_("Neither grows nor shrinks"),
        ),
        "bars": charts.render_bars(
            bars, title=_("Full immunisation under one year"), top=1, size="small"
        ),
        "heat": charts.render_heat(strips, labels, title=_("Reports that came, by week")),
        "spark": charts.render_sparkline(
            [2, 3, 1, None, 4, 6, 9], title="2, 3, 1, –, 4, 6, 9", alarm="alert"
        ),
        "map": sample_map(129, names=False),
        **_honesty(),
    }


def _honesty() -> dict[str, SafeString]:
    """How well calibrated an invented forecast was, and an invented map of risk."""
    pit = [31, 24, 22, 19, 18, 20, 21, 23, 27, 35]
    shares = ((0.1, 21), (0.2, 44), (0.5, 118), (0.8, 171), (0.9, 197), (0.95, 214))
    covered = [charts.Covered(share, inside, 240) for share, inside in shares]
    areas = []
    for n in range(24):
        x, y = 102.2 + 0.2 * (n % 6), 22.2 - 0.2 * (n // 6)
        ring = [(x, y), (x + 0.2, y), (x + 0.2, y - 0.2), (x, y - 0.2)]
        expected = None if n == 13 else 2.0 + (n * 5) % 17
        cases = (n * 7) % 19 * (3 if n in (4, 5, 10) else 1)
        areas.append(charts.Risk(f"r{n}", f"Xã {PLACES[n % 15]} {n}", [ring], cases, expected))
    return {
        "pit": charts.render_pit(pit, title=_("The forecast was too sure of itself")),
        "coverage": charts.render_coverage(covered, title=_("Its wide intervals were too narrow")),
        "risk": charts.render_risk_map(areas, title=_("Three communes stand out")),
    }


def _steps(rng: Random) -> list[charts.Step]:
    """A dozen weeks, the last two still being reported, and four to come."""
    steps = []
    for at in range(16):
        middle = round(4 + 16 * math.exp(-((at - 11) ** 2) / 20))
        wide = 2 + max(0, at - 11) * 2
        spread = charts.Spread(
            max(0, middle - wide),
            max(0, middle - wide // 2),
            middle,
            middle + wide // 2,
            middle + wide,
        )
        told = max(0, round(middle + rng.gauss(0, 1.5)) - 5 * (at == 11) - 2 * (at == 10))
        label = f"W{at + 30:02d}/2026"
        steps.append(charts.Step(label, told if at < 12 else None, spread if at > 9 else None))
    return steps


def _rates() -> list[charts.Rate]:
    values = [1.8 - at * 0.03 for at in range(42)]
    return [
        charts.Rate(f"{(DAY - timedelta(days=42 - at)):%d/%m}", v, v * 0.7, v * 1.4)
        if at > 4
        else charts.Rate(f"{(DAY - timedelta(days=42 - at)):%d/%m}", None)
        for at, v in enumerate(values)
    ]


def _week(at: int, rng: Random) -> charts.Week:
    season = 6 + 5 * math.sin(at / 52 * 2 * math.pi - 1)
    value: int | None = max(0, round(season + rng.gauss(0, 2)))
    alarm = ""
    if at % 26 == 20:
        value, alarm = 19, "alert"
    if at % 26 == 21:
        value, alarm = 26, "epidemic"
    if at % 26 == 24:
        alarm = "ended"
    if at in (8, 9, 40):
        value = None
    if at in (5, 33):
        value = 0
    if at == 14:
        alarm = "signal"
    label = f"{2025 + at // 52}-W{at % 52 + 1:02d}"
    return charts.Week(label, value, max(0, season - 3), season + 3, season + 6, alarm)


def sample_map(count: int, names: bool = False) -> SafeString:
    """A map of ``count`` invented areas on a bent grid, about as many corners as real ones."""
    rng = Random(3)  # noqa: S311
    across = math.ceil(math.sqrt(count * 1.3))

    def corner(i: int, j: int) -> tuple[float, float]:
        return (
            102.2 + i * 0.11 + 0.04 * math.sin(j * 1.7 + i),
            22.4 - j * 0.11 + 0.04 * math.sin(i * 2.3 + j),
        )

    def edge(a: tuple[float, float], b: tuple[float, float]) -> list[tuple[float, float]]:
        if a > b:  # one border, whichever side draws it
            return [a, *edge(b, a)[:0:-1]]
        bend = math.sin(a[0] * 90 + a[1] * 70 + b[0] * 90 + b[1] * 70) * 0.12
        return [
            (
                a[0] + (b[0] - a[0]) * t / 12 + bend * math.sin(math.pi * t / 12) * (b[1] - a[1]),
                a[1] + (b[1] - a[1]) * t / 12 - bend * math.sin(math.pi * t / 12) * (b[0] - a[0]),
            )
            for t in range(12)
        ]

    shapes, markers, links = [], [], []
    for n in range(count):
        i, j = n % across, n // across
        c = [corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)]
        ring = [place for k in range(4) for place in edge(c[k], c[(k + 1) % 4])]
        value = None if n % 17 == 4 else max(0, round(rng.gauss(6, 7)))
        shapes.append(charts.Shape(f"u{n}", f"Xã {PLACES[n % 15]} {n}", [ring], value, f"#u{n}"))
        middle = ((c[0][0] + c[2][0]) / 2, (c[0][1] + c[2][1]) / 2)
        if n % 3 == 0:
            markers.append(charts.Marker("station", f"Trạm {n}", *middle, href=f"#s{n}"))
            last = middle
        elif n % 3 == 1 and (n % across):
            markers.append(charts.Marker("point", f"Điểm trạm {n}", *middle, href=f"#p{n}"))
            links.append((last, middle))
    markers.append(charts.Marker("gate", "Cửa khẩu Tây Trang", 102.25, 21.9, href="#g"))
    markers.append(charts.Marker("centre", "Nậm Pồ", 102.8, 21.8, href="#c"))
    return charts.render_map(
        shapes,
        title=_("Cases are highest in the west"),
        sub=_("Cases by commune"),
        markers=markers,
        links=links,
        chosen="u30",
        names=names,
    )
