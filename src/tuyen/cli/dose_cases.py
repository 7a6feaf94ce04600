"""Cases of immunisation histories as JSON: what is asked, what is wrong with it, what is answered.

A case that holds nonsense is answered as far as it can be; what was passed over is named in its
``problems``. Words in the answer are those of the published case files.
"""

import datetime
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tuyen.cli.csv_files import BadFile
from tuyen.cli.dose_trace import traced
from tuyen.engines.immunization import (
    DoseAnswer,
    DoseGiven,
    Finding,
    GroupAnswer,
    Observation,
    Pack,
    Person,
    problems,
)
from tuyen.kernel.refusal import N_

Problems = list[dict[str, Any]]
Asked = tuple[Person, list[DoseGiven], datetime.date]

REASON_WORDS = {
    "too_young": "Age: Too Young",
    "too_old": "Age: Too Old",
    "interval_too_soon": "Interval: too Soon",
    "vaccine_conflict": "Live Virus Conflict",
    "inadvertent_vaccine": "Inadvertent Vaccine",
    "not_preferable_or_allowable": "Not a preferable or allowable vaccine",
    "series_already_complete": "Series Already Complete",
    "lot_expired": "Expired Lot",
    "dose_condition": "Dose Condition",
}
MESSAGES = {
    "not-a-case": "A case is an object with dob, assessment_date and doses; nothing could be judged.",
    "no-birth-date": "{field} is {value!r}; expected a date such as 2025-09-06. Nothing was judged.",
    "no-day": "{field} is {value!r}; expected a date such as 2026-01-31. Nothing was judged.",
    "impossible-date": "{field} is {value!r}, which is no date; it was passed over.",
    "unknown-vaccine": "{value!r} is no vaccine of this schedule; the dose was passed over.",
    "before-birth": "The dose of {value} is before the birth; it was passed over.",
    "after-day": "The dose of {value} is after the day asked about; it was judged all the same.",
    "not-a-dose": "{value!r} is no dose; it was passed over.",
}


def read_cases(path: Path) -> list[Any]:
    """The cases of a file: a list, or an object with ``cases``."""
    try:
        content = json.loads(path.read_bytes())
    except ValueError as error:
        raise BadFile(N_("{path} is not JSON: {why}"), path=path, why=str(error)) from None
    cases = content.get("cases") if isinstance(content, Mapping) else content
    if not isinstance(cases, list):
        raise BadFile(
            N_("{path} holds no cases; expected a list, or an object with the list 'cases'."),
            path=path,
        )
    return cases


def asked(pack: Pack, case: Any) -> tuple[Asked | None, Problems]:
    """What a case asks, and what is wrong with it; None where nothing can be judged."""
    if not isinstance(case, Mapping):
        return None, [_problem("not-a-case", value=str(case)[:60])]
    found: Problems = []
    dob, on = _date(case.get("dob")), _date(case.get("assessment_date"))
    for code, field, day in (("no-birth-date", "dob", dob), ("no-day", "assessment_date", on)):
        if day is None:
            found.append(_problem(code, field=field, value=case.get(field)))
    if dob is None or on is None:
        return None, found
    observations = tuple(_observations(case.get("observations"), found))
    doses = list(_doses(case.get("doses"), found))
    person = Person(
        dob, str(case.get("gender") or "U"), observations, str(case.get("birth_country") or "")
    )
    found += [
        _problem(one.code, n=one.n, value=one.value) for one in problems(pack, person, doses, on)
    ]
    return (person, doses, on), found


def _problem(code: str, **values: Any) -> dict[str, Any]:
    return {"code": code, **values, "message": MESSAGES[code].format(**{"field": "", **values})}


def _date(written: Any) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(str(written).strip()[:10])
    except ValueError:
        return None


def _listed(written: Any) -> list[Any]:
    return written if isinstance(written, list) else []


def _observations(written: Any, found: Problems) -> Iterator[Observation]:
    for one in _listed(written):
        if not isinstance(one, Mapping) or not one.get("code"):
            continue
        since = _date(one.get("date"))
        if one.get("date") and since is None:
            field = f"observations {one['code']} date"
            found.append(_problem("impossible-date", field=field, value=one["date"]))
        yield Observation(str(one["code"]).strip().zfill(3), since)


def _doses(written: Any, found: Problems) -> Iterator[DoseGiven]:
    for place, one in enumerate(_listed(written), start=1):
        if not isinstance(one, Mapping):
            found.append(_problem("not-a-dose", n=place, value=str(one)[:60]))
            continue
        n = one["n"] if isinstance(one.get("n"), int) else place
        day = _date(one.get("date"))
        if day is None:
            found.append(_problem("impossible-date", n=n, field="date", value=one.get("date")))
            continue
        expires = one.get("lot_expires") or one.get("lot_expiration_date")
        yield DoseGiven(
            day, str(one.get("cvx") if one.get("cvx") is not None else one.get("vaccine") or ""),
            str(one.get("mvx") or ""), str(one.get("trade_name") or ""), _number(one.get("volume")),
            _date(expires) if expires else None, _flagged(one.get("dose_condition")), n,
        )  # fmt: skip


def _number(written: Any) -> float | None:
    return float(written) if isinstance(written, int | float) else None


def _flagged(written: Any) -> bool:
    return written is True or str(written).strip().upper() in ("Y", "YES", "TRUE", "1")


SPELLED_OUT = frozenset(
    {"vn-draft"}
)  # suites of cases whose statuses are the specification's words


def answered(
    case: Any, groups: Iterable[GroupAnswer], traced_by: Pack | None = None
) -> list[dict[str, Any]]:
    """The answers as JSON holds them, in the words that the case's suite writes statuses in:
    "not_complete" unless it is one of those that keep the specification's "Not Complete".
    ``traced_by``: the pack whose rows and names a trace beside every answer tells of."""
    coded = not (isinstance(case, dict) and str(case.get("suite", "")) in SPELLED_OUT)
    return [
        {
            "vaccine_group": one.vaccine_group,
            "status": _status(one.status, coded),
            "dose_number": one.dose_number,
            "earliest": _iso(one.earliest),
            "recommended": _iso(one.recommended),
            "past_due": _iso(one.past_due),
            "doses": [_dose(dose, coded, traced_by) for dose in one.doses],
            **_trace(one.trace, traced_by),
        }
        for one in groups
    ]


def _trace(findings: Iterable[Finding], pack: Pack | None) -> dict[str, Any]:
    return {"trace": traced(findings, pack)} if pack else {}


def _dose(dose: DoseAnswer, coded: bool, traced_by: Pack | None) -> dict[str, Any]:
    return {
        "n": dose.n,
        "status": _status(dose.status, coded),
        "reasons": [REASON_WORDS[code] for code in dose.reasons],
        **_trace(dose.trace, traced_by),
    }


def _status(code: str | None, coded: bool) -> str | None:
    return code if coded or code is None else code.replace("_", " ").title()


def _iso(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None
