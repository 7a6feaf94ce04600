"""Texts of cells made comparable: composed letters, plain spaces, nothing invisible."""

import re
import unicodedata

# Control characters, soft hyphen, zero-width and direction marks, and lone surrogates.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff]"
)
_SPACES = re.compile("[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# What our own writer puts before a text that a spreadsheet would take for a formula.
_NEUTRALISED = re.compile("'+[\\s]*[=+\\-@\uff1d\uff0b\uff0d\uff20]")


def clean(text: str) -> tuple[str, bool]:
    """Return the text as it is meant, and whether something invisible was taken out of it.

    NFC; every kind of space is a space, none at the ends; line ends inside a cell are "\\n". One
    apostrophe before = + - @ is dropped: it is how a text is kept from being a formula.
    """
    if text.isascii() and text.isprintable():
        plain, hidden = text, False
    else:
        plain = text.replace("\r\n", "\n").replace("\r", "\n")
        bare = _HIDDEN.sub("", plain)
        hidden = len(bare) != len(plain)
        plain = unicodedata.normalize("NFC", _SPACES.sub(" ", bare))
    plain = plain.strip()
    if plain.startswith("'") and _NEUTRALISED.match(plain):
        plain = plain[1:]
    return plain, hidden
