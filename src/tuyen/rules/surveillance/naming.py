"""Diseases by their names in sentences that carry them by their codes."""

from tuyen.kernel.refusal import Refusal
from tuyen.rules.surveillance import UnknownDisease, disease


def named(refusal: Refusal, language: str, together: str) -> Refusal:
    """A refusal that speaks of a cell of a table, with the disease in the reader's language; the
    cell of all diseases is called ``together``. Any other refusal is as it was."""
    code = refusal.values.get("disease")
    if "cell" not in refusal.values or not isinstance(code, str):
        return refusal
    key = {"zh-hans": "zh"}.get(language.lower(), language[:2])
    try:
        refusal.values["disease"] = disease(code).name(key) if code else together
    except UnknownDisease:
        return refusal  # it is a name already
    return refusal
