"""What was sent, read back from its bytes."""

from datetime import date

from tuyen.apps.claims.judging import checker
from tuyen.engines.claims.reader import Visit, read


def visit_of(content: bytes) -> Visit:
    """The one visit of a file that this program made."""
    return read(content, checker().book(date.max).layouts).visits[0]
