"""From the counts to a published table, on a desk and on a phone."""

import pytest

from tests.journeys.conftest import DESK, PHONE


@pytest.mark.parametrize(
    "size",
    [pytest.param(DESK, marks=pytest.mark.nightly, id="desk"), pytest.param(PHONE, id="phone")],
)
def test_counts_are_published_with_the_small_ones_hidden(visit, size, tmp_path):
    visitor = visit("cdc", size)
    page = visitor.open("/board/counts/?from=01/03/2026&to=30/09/2026")
    page.get_by_role("link", name="Để công bố…").click()
    page.wait_for_url("**/tables/new/**")
    visitor.check_accessible()
    visitor.check_fits()
    for name in ("Tay chân miệng", "Sốt xuất huyết Dengue"):
        page.get_by_label(name, exact=True).check()
    page.get_by_role("button", name="Hiển thị bảng").click()
    page.wait_for_selector("#as-printed")
    page.wait_for_load_state()

    assert page.locator("td.hidden-small").count() > 0
    assert page.locator(".reason-list li").count() > 0
    visitor.check_accessible()
    visitor.check_fits()

    page.get_by_label("Tên bảng").fill(f"Bảng thử {size['width']}")
    page.get_by_role("button", name="Công bố bảng này").click()
    page.wait_for_selector("h1:has-text('Bảng thử')")
    page.wait_for_load_state()
    shown = page.locator("th.release-row").first.inner_text()
    visitor.check_accessible()
    visitor.check_fits()
    with page.expect_download() as taken:
        page.get_by_role("link", name="CSV").click()
    taken.value.save_as(tmp_path / "table.csv")

    assert shown in (tmp_path / "table.csv").read_text(encoding="utf-8-sig")
    visitor.open("/tables/")
    assert page.get_by_role("link", name=f"Bảng thử {size['width']}").count() == 1
    visitor.check_accessible()
    visitor.check_fits()
