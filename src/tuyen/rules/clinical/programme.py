"""The programmes of care, declared: who qualifies, what is asked, when they come, what is control.

A programme is one file, ``clinical/programmes/<key>.yaml``; a province adds one of its own, or edits
one, by a file of that name in the folder that ``TUYEN_RULES`` names. Nothing else is written for a
programme: its lists, panels, figures, forms and books follow from what stands here.

.. code-block:: yaml

    names: {vi: ..., en: ..., zh: ...}
    order: 10                  # where it stands in lists
    kind: chronic              # chronic (cohorts, control) | periodic (once in a period) | screening
                               # | followed: a form alone; who is due follows from a record of its own
    sensitive: false           # its panel opens to the sensitive right only, and is stored apart
    book: 01A                  # the register that it fills
    also: [F, F01]             # reports by name
    form: {<field>: {kind: choice, names: ..., choices: {<code>: {score: 1, names: ...}}}}
    outcomes: {<code>: names}  # why somebody leaves; died, moved, refused, error are always there
    who:      {values: [{from, source, confidence, value: {diagnoses: [I10], ages: {from: 18}}}]}
    contacts: {values: [... value: {every: 1 month, grace: 7 days, checks: {hba1c: 6 months}}]}
    control:  {values: [... value: [[{what: systolic, below: 140}, {what: diastolic, below: 90}]]]}
    goals:    {values: [... value: [{ages: {from: 80}, groups: [[...]]}]]}
    steps:    {values: [... value: [{do: refer, key: crisis, any: [...], names: ...}]]}
    cap:      {values: [... value: 350000]}   # most that may be spent on a person in a year
    aim:      {values: [... value: 50]}       # the share that is to be on target (%)
    prevalence: {values: [... value: {share: 26.2, ages: {from: 18, to: 69}}]}  # who must be expected (%)
    spending: {values: [... value: {what: cost, when: {payer: [state]}, beyond: refuse}]}  # against cap

A limit is ``{what, from | above, to | below}``: ``from`` and ``to`` are inside. ``what`` is a measure
(``measures.yaml``) or ``answer.<field>`` of the form. Control is a list of groups in the order in
which they are asked: the first group that was measured decides.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from tuyen.rules.clinical.programme_parts import (
    Contacts,
    Goal,
    Groups,
    Prevalence,
    Question,
    Said,
    Spending,
    Step,
    Who,
    Words,
    read_span,
)
from tuyen.rules.clinical.reading import Slip, read
from tuyen.rules.loader import BadRule, dated, folders, load

CHRONIC, PERIODIC, SCREENING = "chronic", "periodic", "screening"
FOLLOWED = "followed"
ALWAYS = ("died", "moved", "refused", "error")
"""Why somebody leaves any programme."""


@dataclass(frozen=True, slots=True)
class Programme:
    """One programme; what is dated is asked by day."""

    key: str
    names: Words
    order: int
    kind: Literal["chronic", "periodic", "screening", "followed"]
    sensitive: bool
    book: str
    reports: tuple[str, ...]
    form: dict[str, Question]
    outcomes: dict[str, Words]
    dated: dict[str, Mapping[str, Any]]

    def said(self, part: str, on: date) -> Said | None:
        """A dated part in force on a day; days before the first are looked at as its first day was."""
        if part not in self.dated:
            return None
        values = self.dated[part]["values"]
        entry = dated(values, max(on, values[0]["from"]))
        if entry is None or entry["value"] is None:
            return None
        source = entry["source"]
        act = source["act"] if isinstance(source, Mapping) else str(source)
        verified = bool(entry.get("verified", False))
        return Said(entry["value"], entry["from"], act, entry["confidence"], verified)

    def who(self, on: date) -> Who:
        return self._read("who", on, Who) or Who()

    def contacts(self, on: date) -> Contacts:
        found: Contacts = self._read("contacts", on, Contacts)
        return found

    def control(self, on: date) -> Groups:
        """What the figures call controlled; empty where the programme has no such thing."""
        return self._read("control", on, Groups) or ()

    def goals(self, on: date) -> tuple[Goal, ...]:
        """What is aimed at with a person; without any, what the figures ask."""
        goals: tuple[Goal, ...] | None = self._read("goals", on, tuple[Goal, ...])
        control = self.control(on)
        return goals or ((Goal(groups=control),) if control else ())

    def steps(self, on: date) -> tuple[Step, ...]:
        """What is to be done, the first that holds first."""
        return self._read("steps", on, tuple[Step, ...]) or ()

    def cap(self, on: date) -> int | None:
        """The most that the State pays for a person in a year (VND); None: no such limit."""
        said = self.said("cap", on)
        return None if said is None else int(said.value)

    def aim(self, on: date) -> int | None:
        """The share (%) that is to be on target; None: nobody set one."""
        said = self.said("aim", on)
        return None if said is None else int(said.value)

    def prevalence(self, on: date) -> Prevalence | None:
        """Who must be expected to have the disease; None: nobody surveyed it."""
        found: Prevalence | None = self._read("prevalence", on, Prevalence)
        return found

    def spending(self, on: date) -> Spending | None:
        """What counts against the cap, and what is done beyond it; None: nothing is counted."""
        found: Spending | None = self._read("spending", on, Spending)
        return found

    def needs(self, on: date) -> tuple[str, ...]:
        """Everything that is looked at: measures and answers, in order, each once."""
        other = self.contacts(on).instead
        limits = [
            *(limit for group in self.control(on) for limit in group),
            *(limit for goal in self.goals(on) for group in goal.groups for limit in group),
            *(limit for step in self.steps(on) for limit in (*step.any, *step.every)),
            *(limit for one in other for limit in one.any),
            *self.who(on).findings,
        ]
        answers = [f"answer.{name}" for name in self.form]
        whats = [limit.what for limit in limits] + list(self.contacts(on).checks) + answers
        return tuple(dict.fromkeys(whats))

    def _read(self, part: str, on: date, shape: Any) -> Any:
        said = self.said(part, on)
        if said is None:
            return None
        held = _READ.get((id(said.value), part))
        if held is None:
            made = _convert(said.value, shape, f"{self.key}: {part}")
            held = _READ[id(said.value), part] = (said.value, made)
        return held[1]


_READ: dict[tuple[int, str], tuple[Any, Any]] = {}
"""Each value of a rule is read into its shape once; it is kept beside it, so that its id stays its
own. A visit asks forty times."""


def programmes() -> dict[str, Programme]:
    """Every programme, by key, in order.

    Raises
    ------
    BadRule
        If a file does not have the form above; it names the file and the place.
    """
    return _programmes(tuple(str(folder) for folder in folders()))


def programme(key: str) -> Programme | None:
    """The programme of a key; None where there is none."""
    return programmes().get(key)


def qualifying(code: str, on: date) -> list[str]:
    """The programmes whose diagnoses a code of ICD-10 is one of, whatever the age and sex."""
    return [key for key, one in programmes().items() if fits_code(one.who(on), code)]


def fits_code(who: Who, code: str) -> bool:
    """Whether a code begins as one of the programme's, and not as one that it leaves out.

    >>> fits_code(Who(diagnoses=("I10", "I15")), "I15.9"), fits_code(Who(diagnoses=("I10",)), "I11")
    (True, False)
    """
    code = code.upper()
    return code.startswith(who.diagnoses) and not (who.unless and code.startswith(who.unless))


def fits_pair(who: Who, code: str, traditional: str) -> bool:
    """Whether a diagnosis is one of the programme's, by its code or by the code of traditional medicine
    that stands beside it.

    >>> fits_pair(Who(paired=("U",)), "M54.5", "U62.392.3"), fits_pair(Who(paired=("U",)), "U07.1", "")
    (True, False)
    """
    beside = bool(who.paired and traditional and traditional.upper().startswith(who.paired))
    return beside or fits_code(who, code)


def longest(told: Iterable[tuple[str, str]], on: date) -> tuple[Programme, int] | None:
    """For how many days a medicine is prescribed at most by the programmes of these diagnoses (code, code
    of traditional medicine beside it), and the one that allows most; None where none of them says."""
    pairs = list(told)
    found = [
        (one, one.contacts(on).most_days)
        for one in programmes().values()
        if "contacts" in one.dated and any(fits_pair(one.who(on), *pair) for pair in pairs)
    ]
    allowed = [each for each in found if each[1]]
    return max(allowed, key=lambda each: each[1]) if allowed else None


def fits_person(who: Who, age: int, sex: int) -> bool:
    """Whether somebody of an age (completed years) and sex (1 male, 2 female) may be in it."""
    right_sex = who.sex is None or sex == {"male": 1, "female": 2}[who.sex]
    return right_sex and who.ages.since <= age <= who.ages.to


def proposes(
    one: Programme, on: date, *, age: int, sex: int, values: Mapping[str, float],
    inside: Collection[str],
) -> bool:  # fmt: skip
    """Whether somebody should be looked at for a programme: of its age and sex, and with a finding, or in
    a programme that leads to it; one that names neither, and a screening, is for everybody of that age.
    ``values`` are what was measured, ``inside`` the programmes in which the person is."""
    who = one.who(on)
    if one.key in inside or one.kind == FOLLOWED or not fits_person(who, age, sex):
        return False
    if not set(who.without).isdisjoint(inside):
        return False
    found = any(limit.what in values and limit.holds(values[limit.what]) for limit in who.findings)
    of_age = one.kind == SCREENING or not (
        who.diagnoses or who.paired or who.findings or who.programmes
    )
    return found or of_age or not set(who.programmes).isdisjoint(inside)


_PARTS = ("who", "contacts", "control", "goals", "steps", "cap", "aim", "prevalence", "spending")


@dataclass(frozen=True, slots=True)
class _Written:
    """A file as it is written; its dated parts are read apart."""

    names: Words
    order: int
    kind: Literal["chronic", "periodic", "screening", "followed"]
    book: str = ""
    sensitive: bool = False
    reports: tuple[str, ...] = ()
    form: dict[str, Question] = field(default_factory=dict)
    outcomes: dict[str, Words] = field(default_factory=dict)


@lru_cache(maxsize=4)
def _programmes(places: tuple[str, ...]) -> dict[str, Programme]:
    keys = {
        path.stem
        for folder in folders()
        for path in (folder / "clinical" / "programmes").glob("*.yaml")
    }
    found = [_load(key) for key in sorted(keys)]
    return {one.key: one for one in sorted(found, key=lambda one: (one.order, one.key))}


def _load(key: str) -> Programme:
    said = load(f"clinical/programmes/{key}")
    plain = {name: part for name, part in said.items() if name not in _PARTS}
    written = _convert(plain, _Written, key)
    parts = {name: said[name] for name in _PARTS if name in said}
    one = Programme(
        key, written.names, written.order, written.kind, written.sensitive, written.book,
        written.reports, written.form, written.outcomes, parts,
    )  # fmt: skip
    _check(one)
    return one


def _check(one: Programme) -> None:
    """Every part of every date is read once, so that a slip is found before anybody is treated."""
    where = f"clinical/programmes/{one.key}"
    if "contacts" not in one.dated:
        raise BadRule(f"{where}: contacts is missing; say how often they come")
    for on in {entry["from"] for part in one.dated.values() for entry in part["values"]}:
        contacts = one.contacts(on)
        other = [one.every for one in contacts.instead]
        spans = [contacts.span, *map(read_span, [*contacts.checks.values(), *other])]
        if not all(span.months or span.days for span in spans) or read_span(contacts.grace).months:
            raise BadRule(f"{where}: a time is longer than nothing, and grace is in days or weeks")
        for what in (*one.needs(on), *contacts.checks):
            name = what.removeprefix("answer.")
            if name != what and name not in one.form:
                raise BadRule(f"{where}: the form has no field {name!r}")
        one.cap(on)
        one.prevalence(on)
        spending = one.spending(on)
        for name in (spending.what, *spending.when) if spending else ():
            if name not in one.form:
                raise BadRule(f"{where}: spending: the form has no field {name!r}")
    for name, asked in one.form.items():
        if (asked.kind == "choice") != bool(asked.choices):
            raise BadRule(f"{where}: {name}: a field of kind choice has choices, and no other has")
        if (asked.served or asked.given or asked.record) and asked.kind != "yes_no":
            raise BadRule(f"{where}: {name}: what is known answers yes or no, and nothing else")
        if asked.needed and not asked.asked:
            raise BadRule(f"{where}: {name}: what nobody is asked cannot be needed")


def _convert(value: Any, shape: Any, where: str) -> Any:
    try:
        return read(value, shape)
    except Slip as error:
        raise BadRule(f"clinical/programmes/{where}: {error}") from None
