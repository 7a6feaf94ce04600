"""The command line speaks the operator's language, and the same to programs in all of them."""

import pytest

from tuyen.cli.main import build_parser, main
from tuyen.cli.terminal import language

HEADER_ONLY = "series,date,count\n"


@pytest.fixture
def complaint(tmp_path, monkeypatch, capsys):
    """What ``tuyen detect`` says of a file without rows, on a terminal with these settings."""
    file = tmp_path / "c.csv"
    file.write_text(HEADER_ONLY)

    def said(**settings):
        for name in ("TUYEN_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.delenv(name, raising=False)
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        out = tmp_path / "out.csv"
        assert main(["detect", str(file), "--method", "ears-c1", "--out", str(out)]) == 2
        return capsys.readouterr().err.replace(str(file), "c.csv")

    return said


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "tuyen: c.csv has a header and no row; there is nothing to scan"),
        ({"LANG": "vi_VN.UTF-8"}, "tuyen: c.csv chỉ có tiêu đề, không có dòng nào; không có gì để quét"),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "vi_VN"}, "tuyen: c.csv 只有表头没有数据行；无可扫描"),
        ({"TUYEN_LANGUAGE": "vi", "LC_ALL": "C"}, "tuyen: c.csv chỉ có tiêu đề, không có dòng nào; không có gì để quét"),
        ({"LANG": "fr_FR.UTF-8"}, "tuyen: c.csv has a header and no row; there is nothing to scan"),
    ],
)  # fmt: skip
def test_an_error_is_said_in_the_language_of_the_terminal(complaint, settings, expected):
    assert complaint(**settings) == f"{expected} [cli.bad-counts]\n"


@pytest.mark.parametrize("wanted", ["vi", "en", "zh"])
def test_every_command_explains_itself_in_every_language(monkeypatch, wanted):
    monkeypatch.setenv("TUYEN_LANGUAGE", wanted)
    assert language() == wanted
    assert {"detect", "import", "backup"} <= set(build_parser().format_help().split())


def test_the_help_of_a_command_is_translated(monkeypatch):
    monkeypatch.setenv("TUYEN_LANGUAGE", "vi")
    assert "cho biết ở đây có gì sai và cách sửa" in " ".join(build_parser().format_help().split())
