"""A column header reduced to the words that name it."""

import re
import unicodedata

from tuyen.kernel.text import fold

JOINT = " / "  # between the lines of a header of several lines
_IN_BRACKETS = re.compile(r"\([^()]{0,200}\)|\[[^\[\]]{0,200}\]|（[^（）]{0,200}）")
_NUMBERING = re.compile(r"^\s*(?:\d{1,2}|[IVXivx]{1,4}|[a-zA-Z])\s*[.)]\s*")
_LONGEST = 300


def header_key(header: str) -> str:
    """Return ``header`` folded, without numbering, remarks in brackets and punctuation.

    >>> header_key("3. Ngày khởi phát * (dd/mm/yyyy)"), header_key("性别（男/女）")
    ('ngay khoi phat', '性别')
    """
    text = header[:_LONGEST]
    # A header that is all brackets keeps its words.
    return fold(_bare(text)) or fold(text)


def marked_key(header: str) -> str:
    """The same with its marks: "ĐT" (điện thoại) is not "DT" (dân tộc)."""
    return " ".join(unicodedata.normalize("NFC", _bare(header[:_LONGEST])).lower().split())


def _bare(text: str) -> str:
    return _NUMBERING.sub("", _IN_BRACKETS.sub(" ", text))
