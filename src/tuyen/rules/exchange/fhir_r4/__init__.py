"""The definitions of HL7 FHIR R4 4.0.1, condensed: types, primitives, required codes and rules.

``definitions.json`` is written by ``ops/fhir_definitions.py`` from the official definitions (CC0-1.0)
and changed by no hand: release 4.0.1 of 2019-10-30 is fixed. It states its source in its head.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def definitions() -> dict[str, Any]:
    """The content of the file, read once a process: a third of a megabyte, four milliseconds.

    ``types``       name -> kind, base, fields (``name min..max types ^value set``), rules
    ``primitives``  name -> the kind of JSON value and the regular expression of its text
    ``codes``       value set -> code system -> codes; only sets that can be enumerated
    ``extensions``  address -> types of the value of an extension that the standard defines
    ``searches``    type -> names of the search parameters of the standard, parted by spaces
    ``rules``       key -> severity, sentence, FHIRPath expression
    """
    path = Path(__file__).with_name("definitions.json")
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
