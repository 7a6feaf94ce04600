"""What is asked of the record of care. For neighbours:

- ``visit(by=, id=)``, ``visits(by=, ids=)``, ``visits_of(by=, person=)``: visits;
- ``day(by=, unit=, on=)``: the list of a unit's day; ``between(by=, units=, first=, last=)``: the
  visits of a span, for books, claims and figures;
- ``draft(by=, unit=, content=, id=)``: a visit as it would stand if it was saved;
- ``history(by=, id=)``: what was done to a visit since;
- ``visit_facts(by=, ids=)``: everything that a claim needs;
- ``visits_beside(by=, persons=, first=, last=)``: the other visits that a claim is laid beside;
- ``births_of_mothers``, ``earlier_births``, ``answers_of``: births and answers that a claim repeats;
- ``book``, ``figures``, ``closing``, ``differences``: the books of a station, month by month;
- ``talks(by=, unit=, month=)``, ``advised``: health education, told and at visits;
- ``deaths_of(by=, unit=, month=)``, ``account_of``: who died, and what is known of how;
- ``expected(by=, unit=, around=)``, ``referrals(by=, state=)``: who is to come, who was sent on;
- ``coming(by=, unit=)``, ``coming_by_ids``, ``coming_of``: who is sent here by others;
- ``last_values``, ``values_until``, ``series``, ``last_prescription``: what a person's next visit begins with;
- ``allergies_of(by=, person=)``, ``allergies_by_person``: what somebody does not bear;
- ``overdue``, ``panel``, ``panel_groups``, ``enrolments_of``: who is in a programme, who did not come;
- ``purse``, ``budget``, ``budget_people``: what was spent of a programme's cap; ``by_group``: and on
  whom, by priority group;
- ``detection``, ``detected``: who is expected to have a disease, and who is in its programme;
- ``control``, ``cohorts``, ``behind``, ``cohort_people``, ``ncd_report``, ``ncd_visits``: figures, and who is behind them.
- ``visits_by_day(by=, first=, last=)``: visits of each unit and day, to be led to any map;
- ``work_done(by=, first=, last=)``: what was done at each unit in a span, for how many people it takes;
"""

from tuyen.apps.clinical.queries.allergies import (
    AllergyChange,
    AllergyRow,
    allergies,
    allergies_by_person,
    allergies_of,
    allergy_changes,
)
from tuyen.apps.clinical.queries.attended import Attended, attended
from tuyen.apps.clinical.queries.beside import BesideVisit, visits_beside
from tuyen.apps.clinical.queries.books import (
    BookLine,
    Changed,
    Closed,
    Difference,
    book,
    closing,
    closings,
    differences,
    figures,
)
from tuyen.apps.clinical.queries.coming import ComingRow, coming, coming_by_ids, coming_of
from tuyen.apps.clinical.queries.deaths import (
    Account,
    DeathChange,
    DeathRow,
    account_of,
    death_changes,
    death_faults,
    deaths_of,
)
from tuyen.apps.clinical.queries.desk import Expected, ReferralRow, expected, referrals
from tuyen.apps.clinical.queries.drafts import draft
from tuyen.apps.clinical.queries.histories import Step, history
from tuyen.apps.clinical.queries.mothers import (
    births_of_mothers,
    deliveries,
    earlier_births,
)
from tuyen.apps.clinical.queries.ncd_report import NcdCell, NcdReport, ncd_report, ncd_visits
from tuyen.apps.clinical.queries.priority_groups import GROUP, GroupCount, by_group
from tuyen.apps.clinical.queries.programme_answers import Answers, answers_of
from tuyen.apps.clinical.queries.programme_figures import (
    FIGURE,
    CohortRow,
    Control,
    ControlRow,
    behind,
    cohort_people,
    cohorts,
    control,
)
from tuyen.apps.clinical.queries.programme_lists import (
    WHICH,
    CallRow,
    GroupRow,
    PanelFilters,
    PatientPage,
    PatientRow,
    Which,
    calls_of,
    enrolment,
    enrolments_of,
    list_lengths,
    open_programmes,
    overdue,
    panel,
    panel_groups,
)
from tuyen.apps.clinical.queries.programme_reach import DetectionRow, detected, detection
from tuyen.apps.clinical.queries.spending import Budget, Purse, budget, budget_people, purse
from tuyen.apps.clinical.queries.talks import (
    TalkChange,
    TalkRow,
    advised,
    last_talk,
    talk,
    talk_changes,
    talk_faults,
    talks,
)
from tuyen.apps.clinical.queries.visits import (
    READ,
    RECORD,
    SENSITIVE,
    Point,
    ReturnedNote,
    VisitFacts,
    VisitRow,
    between,
    day,
    last_prescription,
    last_values,
    series,
    values_until,
    visit,
    visit_facts,
    visits,
    visits_of,
)
from tuyen.apps.clinical.queries.work import visits_by_day, work_done

__all__ = [
    "FIGURE",
    "GROUP",
    "READ",
    "RECORD",
    "SENSITIVE",
    "WHICH",
    "Account",
    "AllergyChange",
    "AllergyRow",
    "Answers",
    "Attended",
    "BesideVisit",
    "BookLine",
    "Budget",
    "CallRow",
    "Changed",
    "Closed",
    "CohortRow",
    "ComingRow",
    "Control",
    "ControlRow",
    "DeathChange",
    "DeathRow",
    "DetectionRow",
    "Difference",
    "Expected",
    "GroupCount",
    "GroupRow",
    "NcdCell",
    "NcdReport",
    "PanelFilters",
    "PatientPage",
    "PatientRow",
    "Point",
    "Purse",
    "ReferralRow",
    "ReturnedNote",
    "Step",
    "TalkChange",
    "TalkRow",
    "VisitFacts",
    "VisitRow",
    "Which",
    "account_of",
    "advised",
    "allergies",
    "allergies_by_person",
    "allergies_of",
    "allergy_changes",
    "answers_of",
    "attended",
    "behind",
    "between",
    "births_of_mothers",
    "book",
    "budget",
    "budget_people",
    "by_group",
    "calls_of",
    "closing",
    "closings",
    "cohort_people",
    "cohorts",
    "coming",
    "coming_by_ids",
    "coming_of",
    "control",
    "day",
    "death_changes",
    "death_faults",
    "deaths_of",
    "deliveries",
    "detected",
    "detection",
    "differences",
    "draft",
    "earlier_births",
    "enrolment",
    "enrolments_of",
    "expected",
    "figures",
    "history",
    "last_prescription",
    "last_talk",
    "last_values",
    "list_lengths",
    "ncd_report",
    "ncd_visits",
    "open_programmes",
    "overdue",
    "panel",
    "panel_groups",
    "purse",
    "referrals",
    "series",
    "talk",
    "talk_changes",
    "talk_faults",
    "talks",
    "values_until",
    "visit",
    "visit_facts",
    "visits",
    "visits_beside",
    "visits_by_day",
    "visits_of",
    "work_done",
]
