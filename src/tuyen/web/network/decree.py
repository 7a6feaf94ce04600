"""The decision on a network as it is signed: a Vietnamese document, whoever reads it."""

from collections.abc import Sequence
from typing import Any

from tuyen.apps.network.queries import PlanPage

KIND = {"main": "Trạm y tế", "satellite": "Điểm trạm", "mobile": "Điểm khám lưu động",
        "repurposed": "Chuyển công năng"}  # fmt: skip


def decree(page: PlanPage, merges: Sequence[tuple[str, Sequence[str]]]) -> dict[str, Any]:
    """Head, grounds, articles and signature; the annex is made from the plan's sites."""
    before, after = page.compared.before, page.compared.after
    parts = [f"{after.mains} trạm y tế", f"{after.satellites} điểm trạm"]
    if after.mobiles:
        parts.append(f"{after.mobiles} điểm khám lưu động")
    closed = f"; {after.closures} cơ sở chuyển công năng" if after.closures else ""
    articles: list[tuple[str, list[str]]] = [(
        f"Từ ngày {page.row.on:%d/%m/%Y}, sắp xếp mạng lưới thành {', '.join(parts)}{closed} (trước khi"
        f" sắp xếp: {before.mains} trạm y tế, {before.satellites} điểm trạm), theo phụ lục kèm theo.", [],
    )]  # fmt: skip
    if merges:
        articles.append((
            "Địa bàn phục vụ theo đơn vị hành chính sau hợp nhất:",
            [f"{', '.join(old)} thành {new}" for new, old in merges],
        ))  # fmt: skip
    old, new = page.compared.quota
    articles += [
        ("Mỗi xã, phường, đặc khu có một trạm y tế thực hiện đầy đủ chức năng; điểm trạm là bộ phận của"
         f" trạm y tế. Định mức biên chế theo Thông tư 03/2023/TT-BYT: {old} người tính theo trạm cũ,"
         f" {new} người tính theo xã sau sắp xếp.", []),
        ("Giám đốc Sở Y tế, Chủ tịch Ủy ban nhân dân các xã, phường, đặc khu và thủ trưởng các đơn vị liên"
         " quan chịu trách nhiệm thi hành Quyết định này.", []),
    ]  # fmt: skip
    return {
        "head": [("ỦY BAN NHÂN DÂN TỈNH", "Số: …/QĐ-UBND"),
                 ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập – Tự do – Hạnh phúc")],
        "title": "QUYẾT ĐỊNH về việc sắp xếp mạng lưới trạm y tế",
        "grounds": [f"Căn cứ {page.basis or '…'};",
                    "Căn cứ Thông tư 43/2025/TT-BYT của Bộ Y tế về trạm y tế xã, phường, đặc khu;",
                    "Theo đề nghị của Giám đốc Sở Y tế,"],
        "articles": [(f"Điều {n}.", text, items) for n, (text, items) in enumerate(articles, 1)],
        "sign": "TM. ỦY BAN NHÂN DÂN – CHỦ TỊCH", "annex": "PHỤ LỤC",
        "columns": ("Cơ sở", "Trước sắp xếp", "Sau sắp xếp"),
        "handed": "Bàn giao nhân lực, thiết bị", "handed_columns": ("Nội dung", "Từ", "Đến"),
    }  # fmt: skip
