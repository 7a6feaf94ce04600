"""The notice that is hung up in a village: always in Vietnamese, whatever the reader's language."""

from typing import NamedTuple
from uuid import UUID

from tuyen.apps.network import queries
from tuyen.apps.registry import queries as registry
from tuyen.web.network.outreach_words import hours

_DAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")


class Notice(NamedTuple):
    """Lines of a notice; ``visits`` are (day, from when until when and by whom)."""

    village: str
    station: str
    title: str
    about: str
    lead: str
    visits: tuple[tuple[str, str], ...]
    end: str
    draft: str
    sign: str


def notice(page: queries.RoundsPage, village: UUID) -> Notice:
    """The notice of a village of a plan."""
    atlas, on = registry.atlas(), page.row.starts
    name = atlas.full_name(village, on)
    where = ", ".join(filter(None, (name, atlas.full_name(atlas.commune_of(village, on), on))))
    visits = tuple(
        (f"{_DAYS[day.day.weekday()]}, ngày {day.day:%d/%m/%Y}",
         f"từ {hours(stop.arrives)} đến {hours(stop.leaves)} ({day.team_name})")
        for day in page.days for stop in day.stops if stop.village == village
    )  # fmt: skip
    come = (
        "Đề nghị bà con đưa trẻ em, phụ nữ có thai và người đang điều trị bệnh mạn tính đến đúng giờ, mang theo"
        " sổ tiêm chủng, sổ khám bệnh và thẻ bảo hiểm y tế."
    )
    none = (
        "Tháng này đội lưu động không về bản; đề nghị bà con đến trạm y tế hoặc điểm trạm gần nhất."
    )
    return Notice(
        name, atlas.full_name(page.row.unit, on), "THÔNG BÁO",
        f"Lịch khám bệnh, tiêm chủng lưu động tại {name}",
        f"Trạm Y tế xin thông báo đến bà con {where} lịch đội lưu động về bản:" if visits else "",
        visits, come if visits else none,
        "" if page.row.state == "in-force" else "(Dự thảo, chưa có hiệu lực)", "TRƯỞNG TRẠM",
    )  # fmt: skip
