"""The row policies of PostgreSQL: the one module with their SQL.

Run by :func:`build` after every migration, by the owner of the tables. It makes two roles that
nobody can sign in as, ``tuyen_reader`` and ``tuyen_whole``, gives them what they need and no more,
and lets the program's login take them. Neither owns a table, can make or change one, or can bypass
a policy. The journal and the log of readings take new rows from them, and no change of an old one.

Every name here is a constant of this module; nothing comes from input. SQLite has no row policies.
"""

import re
from typing import Any, NamedTuple

READER, WHOLE = "tuyen_reader", "tuyen_whole"
EVERYTHING = "*"

RIGHTS: dict[str, tuple[str, ...]] = {
    "people": ("registry.person.read", "registry.person.edit", "registry.person.sensitive"),
    "sensitive": ("registry.person.sensitive",),
    "cases": (
        "surveillance.case.read", "surveillance.case.amend", "surveillance.case.export",
        "surveillance.case.import",
    ),
    "counts": ("surveillance.counts.read",),
    "alarms": ("surveillance.alarm.read", "surveillance.alarm.triage"),
    "signals": (
        "surveillance.signal.read", "surveillance.signal.screen", "surveillance.signal.verify",
        "surveillance.signal.assess",
    ),
    "outbreaks": (
        "surveillance.outbreak.read", "surveillance.outbreak.run", "surveillance.outbreak.declare",
    ),
    "contacts": ("surveillance.contact.read", "surveillance.contact.follow"),
    "entries": ("journal.operation.read", "journal.refused.repair"),
    "readings": ("access.reading.see",),
    "decisions": ("registry.reorganise",),
    "emergencies": (
        "access.emergency.open", "access.emergency.break_glass", "access.emergency.review",
    ),
    "figures": ("indicators.figure.read",),
    "response": (
        "surveillance.response.read", "surveillance.response.book", "surveillance.response.arrive",
        "surveillance.resource.edit",
    ),
    "preparedness": (
        "surveillance.preparedness.read", "surveillance.preparedness.edit",
        "surveillance.preparedness.approve",
    ),
    "exports": ("access.export.request", "access.export.approve"),
    "doses": (
        "immunization.dose.read", "immunization.dose.record", "immunization.dose.void",
    ),
    "sessions": (
        "immunization.session.read", "immunization.session.plan", "immunization.session.run",
    ),
    "events": (
        "immunization.aefi.read", "immunization.aefi.report", "immunization.aefi.investigate",
    ),
    "stocks": (
        "supply.stock.read", "supply.stock.move", "supply.stock.count", "supply.cold.read",
        "supply.cold.log", "supply.quarantine.decide",
    ),
    "visits": ("clinical.visit.read", "clinical.visit.record", "clinical.visit.sensitive"),
    "apart": ("clinical.visit.sensitive",),
    # What was handed out concerns the shelf, the care and the claim.
    "dispensings": (
        "supply.stock.read", "supply.stock.move", "supply.stock.count", "clinical.visit.read",
        "clinical.visit.record", "claims.claim.read", "claims.claim.prepare",
    ),
    "claims": (
        "claims.claim.read", "claims.claim.prepare", "claims.claim.send", "claims.claim.settle",
        "claims.figure.read",
    ),
    "exchanged": ("exchange.fhir.read", "exchange.fhir.write"),
    # Figures are counted behind the wall; who somebody is, is for whoever reads or keeps the files.
    "staff": (
        "workforce.staff.read", "workforce.staff.edit", "workforce.file.correct",
        "workforce.training.plan", "workforce.training.ask",
        "workforce.roster.plan",
    ),
    "projects": (
        "governance.project.read", "governance.project.propose", "governance.project.approve",
        "governance.money.record",
    ),
    "uses": ("governance.readiness.read", "governance.use.record"),
}  # fmt: skip
"""Class of rows -> the rights by which its rows are read. The setting ``tuyen.<class>`` holds the
units of a reader's scope over any of them, or ``*``."""


def _within(rows: str, *columns: str) -> str:
    """Some column lies in the units of a class. The list is read once a statement and hashed."""
    units = f"SELECT unnest(string_to_array(NULLIF({_setting(rows)}, '*'), ',')::uuid[])"
    return " OR ".join([_all(rows), *(f"{column} IN ({units})" for column in columns)])


def _all(rows: str) -> str:
    return f"(SELECT {_setting(rows)} = '*')"


def _setting(rows: str) -> str:
    return f"current_setting('tuyen.{rows}', true)"


def _of_person(column: str, also: str = "") -> str:
    """Its person can be seen by the same reader: the policy of persons decides."""
    return f"EXISTS (SELECT FROM registry_person AS whose WHERE whose.id = {column}{also})"


_OUTBREAK = "outbreak_id IN (SELECT id FROM surveillance_outbreak)"
_ENROLMENT = "enrolment_id IN (SELECT id FROM clinical_enrolment)"
_APART = "enrolment_id IN (SELECT id FROM clinical_sensitiveenrolment)"
_CASE = "EXISTS (SELECT FROM surveillance_case AS found WHERE found.id = subject_id)"
_CONTACT = "EXISTS (SELECT FROM surveillance_contact AS met WHERE met.id = subject_id)"
_KEPT = "EXISTS (SELECT FROM exchange_resource AS kept WHERE kept.id = resource_id)"
_WORK = _within("projects", "(work.told ->> 'site')::uuid")
_HIT = "EXISTS (SELECT FROM access_readinghit AS hit WHERE hit.reading_id = access_reading.id)"

VISIBLE: dict[str, str] = {
    "registry_person": _within("people", "place_id"),
    "registry_household": _within("people", "place_id"),
    **{
        f"registry_{table}": _of_person("person_id")
        for table in (
            "personname",
            "formerdeath",
            "residence",
            "membership",
            "identifier",
            "entitlement",
        )
    },
    "registry_personethnicity": _of_person(
        "person_id", f" AND ({_within('sensitive', 'whose.place_id')})"
    ),
    "registry_merge": f"{_of_person('kept_id')} OR {_of_person('duplicate_id')}",
    "registry_mergeproposal": f"{_of_person('kept_id')} OR {_of_person('duplicate_id')}",
    "registry_reorganisation": _all("decisions"),
    "surveillance_case": _within("cases", "commune_id", "unit_id"),
    "surveillance_count": _within("counts", "commune_id"),
    "surveillance_countchange": _within("counts", "commune_id"),
    "surveillance_outlook": _within("counts", "area_id"),
    "surveillance_unitweek": _within("counts", "unit_id"),
    "surveillance_alarm": _within("alarms", "commune_id"),
    "surveillance_eventsignal": _within("signals", "commune_id", "village_id", "unit_id"),
    "surveillance_silence": _within("alarms", "commune_id"),
    "surveillance_signalcall": _within("alarms", "commune_id"),
    # An outbreak is seen from each of its communes; what hangs on it, by whoever sees it.
    "surveillance_outbreak": (
        f"{_within('outbreaks', 'unit_id', 'lead_id')} OR EXISTS (SELECT FROM"
        " surveillance_outbreakplace AS lies WHERE lies.outbreak_id = surveillance_outbreak.id)"
    ),
    "surveillance_outbreakplace": _within("outbreaks", "commune_id"),
    **{
        f"surveillance_{table}": _OUTBREAK
        for table in (
            "outbreaksource",
            "outbreakcase",
            "declaration",
            "transmission",
            "isolation",
            "outbreaktask",
            "situationreport",
            "bottleneck",
            "review",
        )
    },
    "surveillance_contact": _within("contacts", "commune_id", "unit_id"),
    "surveillance_followup": "contact_id IN (SELECT id FROM surveillance_contact)",
    "surveillance_team": _within("response", "unit_id"),
    "surveillance_movement": _within("response", "unit_id"),
    "surveillance_booking": _within("response", "unit_id", "commune_id"),
    **{
        f"surveillance_{table}": _within("preparedness", "unit_id")
        for table in ("riskassessment", "riskscore", "planaction", "duty")
    },
    **{
        f"supply_{table}": _within("stocks", "unit_id")
        for table in ("balance", "sessionuse", "reading", "excursion")
    },
    **{
        f"supply_{table}": _within("dispensings", "unit_id")
        for table in ("prescription", "dispensing", "dispensedlot", "shortfall")
    },
    **{f"supply_controlled{table}": _within("stocks", "unit_id") for table in ("count", "line")},
    "supply_movement": _within("stocks", "from_unit_id", "to_unit_id"),
    "supply_transfer": _within("stocks", "from_unit_id", "to_unit_id"),
    **{
        f"clinical_{table}": (
            f"{_within(rows, 'unit_id')} OR "
            + _of_person("person_id", f" AND ({_within(rows, 'whose.place_id')})")
        )
        for rows, tables in (
            (
                "visits",
                (
                    "visit",
                    "measurement",
                    "diagnosis",
                    "visitstep",
                    "referral",
                    "pregnancy",
                    "mothercontact",
                    "maternalreview",
                    "growthpoint",
                    "supplement",
                    "nutritioncare",
                    "contraceptionstep",
                ),
            ),
            (
                "apart",
                ("sensitivecontent", "sensitivediagnosis", "pregnancyend", "thalassaemiatest"),
            ),
        )
        for table in tables
    },
    # Of these a few would tell what stands apart: they are seen by whoever may open that.
    **{
        f"clinical_{table}": (
            f"({_within('visits', 'unit_id')} OR "
            + _of_person("person_id", f" AND ({_within('visits', 'whose.place_id')})")
            + f") AND (NOT apart OR {_within('apart', 'unit_id')} OR "
            + _of_person("person_id", f" AND ({_within('apart', 'whose.place_id')})")
            + ")"
        )
        for table in ("allergy", "allergystep", "deathaccount", "deathstep", "coming")
    },
    **{f"clinical_{table}": _within("visits", "unit_id") for table in ("talk", "talkstep")},
    **{
        f"claims_{table}": _within("claims", "unit_id")
        for table in ("claim", "submission", "attempt", "denial", "cardtry")
    },
    "claims_patientfacts": _of_person("claims_patientfacts.id"),
    **{f"clinical_{table}": _within("visits", "unit_id") for table in ("delivery", "birth")},
    **{f"clinical_{table}": _within("apart", "unit_id") for table in ("couple", "coupleadvice")},
    "clinical_enrolment": _within("visits", "unit_id", "place_id"),
    "clinical_sensitiveenrolment": _within("apart", "unit_id", "place_id"),
    "clinical_contact": _ENROLMENT,
    "clinical_sensitivecontact": _APART,
    **{f"clinical_{table}": f"{_ENROLMENT} OR {_APART}" for table in ("call", "homevisit")},
    "indicators_figure": _within("figures", "unit_id"),
    "indicators_release": _within("figures", "unit_id"),
    "journal_entry": _within("entries", "unit_id"),
    "access_readinghit": f"{_all('readings')} OR {_of_person('subject_id')}",
    # Readings of records that the reader may read, by themselves or among the hits of a search.
    "access_reading": f"{_all('readings')} OR {_of_person('subject_id')} OR {_CASE} OR {_CONTACT} OR {_HIT}",
    "access_emergency": _within("emergencies", "place_id", "unit_id"),
    "access_exportrequest": _within("exports", "unit_id"),
    **{
        f"immunization_{table}": (
            f"{_within('doses', 'unit_id')} OR "
            + _of_person("person_id", f" AND ({_within('doses', 'whose.place_id')})")
        )
        for table in ("dose", "doseconcern", "certificate")
    },
    **{f"immunization_{table}": _within("doses", "place_id") for table in ("child", "status")},
    **{
        f"immunization_{table}": _within("sessions", "unit_id")
        for table in ("session", "visit", "screening", "sessionvials", "campaignday")
    },
    "immunization_expectedat": "session_id IN (SELECT id FROM immunization_session)",
    "immunization_dosestep": "dose_id IN (SELECT id FROM immunization_dose)",
    "immunization_adverseevent": _within("events", "unit_id"),
    "immunization_aefistep": _within("events", "unit_id"),
    "exchange_resource": (
        f"{_within('exchanged', 'unit_id')} OR "
        + _of_person("person_id", f" AND ({_within('exchanged', 'whose.place_id')})")
    ),
    "exchange_version": _KEPT,
    "exchange_token": _KEPT,
    "exchange_condition": _within("exchanged", "unit_id"),
    "exchange_part": _within("exchanged", "unit_id"),
    # Whose file it is, and who works here now though their own unit is another.
    "workforce_member": (
        f"{_within('staff', 'unit_id')} OR EXISTS (SELECT FROM workforce_tenure AS held"
        " WHERE held.member_id = workforce_member.id)"
    ),
    "workforce_tenure": _within("staff", "unit_id"),
    "workforce_credential": "member_id IN (SELECT id FROM workforce_member)",
    "workforce_wish": _within("staff", "unit_id"),
    "workforce_transfer": _within("staff", "unit_id", "from_unit_id"),
    "workforce_seat": _within("staff", "unit_id", "host_id"),
    "workforce_handover": _within("staff", "unit_id", "giver_id"),
    "workforce_handovercase": "handover_id IN (SELECT id FROM workforce_handover)",
    "workforce_outing": _within("staff", "unit_id"),
    "workforce_roster": _within("staff", "unit_id"),
    "workforce_shift": _within("staff", "unit_id"),
    "workforce_swap": _within("staff", "unit_id"),
    "workforce_leave": _within("staff", "unit_id"),
    "workforce_surge": _within("staff", "unit_id"),
    "workforce_draw": _within("staff", "unit_id"),
    "workforce_sheet": _within("staff", "unit_id"),
    "workforce_due": _within("staff", "unit_id"),
    # A version is seen from its unit and from each site that it works on; a project, by its version
    # in force, or by any while none is; what was done and paid in it, by whoever sees the project.
    "governance_projectversion": (
        f"{_within('projects', 'unit_id')} OR EXISTS (SELECT FROM"
        f" jsonb_array_elements(plan -> 'works') AS work (told) WHERE {_WORK})"
    ),
    "governance_project": (
        f"{_within('projects', 'unit_id')} OR EXISTS (SELECT FROM governance_projectversion AS held"
        " WHERE held.project_id = governance_project.id"
        " AND (version_id IS NULL OR held.id = version_id))"
    ),
    "governance_progress": "project_id IN (SELECT id FROM governance_project)",
    "governance_disbursement": "project_id IN (SELECT id FROM governance_project)",
    "governance_equipmentuse": _within("uses", "unit_id"),
    "registry_moverequest": f"{_of_person('person_id')} OR {_within('people', 'unit_id')}",
    "registry_apart": f"{_of_person('one_id')} OR {_of_person('other_id')}",
}
"""Table -> which of its rows a reader sees; tables of rooms that are not installed stand here too."""

APPEND_ONLY = ("journal_entry", "access_reading", "access_readinghit")
"""Tables whose rows nobody changes or takes out, the program included."""

OURS = (
    "access_", "journal_", "registry_", "immunization_", "supply_", "clinical_", "surveillance_", "claims_", "indicators_",
    "exchange_", "network_", "workforce_", "governance_",
)  # fmt: skip
"""Tables that are written inside ``guard.opened`` only; the framework's own are written anywhere."""

_NAMES = re.compile("|".join(sorted(VISIBLE, key=len, reverse=True)))


def _classes(table: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
    """The classes that a table's policy reads, and those of the tables that it looks into."""
    policy = VISIBLE[table]
    others = set(_NAMES.findall(policy)) - seen - {table}
    mine = frozenset(re.findall(r"'tuyen\.(\w+)'", policy))
    return mine.union(*(_classes(other, seen | {table}) for other in others))


_CLASSES = {table: _classes(table) for table in VISIBLE}

MAY_TAKE = f"""
    SELECT count(*) = 2 AND bool_and(pg_has_role(session_user, oid, 'MEMBER'))
        AND COALESCE((SELECT relrowsecurity FROM pg_class WHERE oid = to_regclass('journal_entry')), false)
    FROM pg_roles WHERE rolname IN ('{READER}', '{WHOLE}')
"""  # noqa: S608
"""Whether the walls are built here and this login may stand behind them."""


def classes_named(sql: str) -> frozenset[str]:
    """The classes of rows whose policies a statement may need; all, when it is not known."""
    if not sql:
        return frozenset(RIGHTS)
    return frozenset().union(*(_CLASSES[name] for name in set(_NAMES.findall(sql))))


def make_roles(cursor: Any) -> bool:
    """Make the two roles where they are missing; False when this login may not."""
    cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname IN (%s, %s)", [READER, WHOLE])
    if cursor.fetchone()[0] == 2:
        return True
    cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
    if not cursor.fetchone()[0]:
        return False
    for role in (READER, WHOLE):
        # Two installations of one server may be made at once.
        cursor.execute(
            f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"
            " NOBYPASSRLS; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
    return True


def build(connection: Any, login: str = "") -> bool:
    """Build the walls of a database, anew each time; False when its roles cannot be made.

    ``login`` is who the program signs in as, when that is another than the owner of the tables.
    """
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        if not make_roles(cursor):
            return False
        cursor.execute("SELECT current_database()")
        database = quote(cursor.fetchone()[0])
        cursor.execute("SELECT current_schema()")
        schema = quote(cursor.fetchone()[0])
        tables = connection.introspection.table_names(cursor)
        both = f"{READER}, {WHOLE}"
        cursor.execute(f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC")
        cursor.execute(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC")
        for kind in ("TABLES", "SEQUENCES"):
            cursor.execute(f"REVOKE ALL ON ALL {kind} IN SCHEMA {schema} FROM {both}")
        cursor.execute(f"GRANT USAGE ON SCHEMA {schema} TO {both}")
        cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {both}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {both}")
        for table in tables:
            for sql in _table(table, quote(table)):
                cursor.execute(sql)
        cursor.execute("SELECT session_user")
        (owner,) = cursor.fetchone()
        _admit(cursor, quote(owner), owner)
        if login not in ("", owner):
            # By itself it has no right to any table: it must take a role by naming it.
            later = connection.pg_version >= 160_000
            inherits = " WITH INHERIT FALSE, SET TRUE" if later else ""
            if not later:
                cursor.execute(f"ALTER ROLE {quote(login)} NOINHERIT")
            _admit(cursor, quote(login), login, inherits)
            cursor.execute(f"GRANT CONNECT ON DATABASE {database} TO {quote(login)}")
    connection.wall_stands = None
    return True


def _admit(cursor: Any, quoted: str, name: str, how: str = "") -> None:
    """Let a login take the two roles."""
    for role in (READER, WHOLE):
        cursor.execute("SELECT pg_has_role(%s, %s, 'MEMBER')", [name, role])
        if not cursor.fetchone()[0]:
            cursor.execute(f"GRANT {role} TO {quoted}{how}")


def _table(name: str, quoted: str) -> list[str]:
    """The rights and the policies of one table."""
    ours = name.startswith(OURS)
    if name == "django_migrations":
        rights = []
    elif name in APPEND_ONLY:
        rights = [f"GRANT INSERT ON {quoted} TO {WHOLE}"]
    else:
        who = WHOLE if ours else f"{READER}, {WHOLE}"
        rights = [f"GRANT INSERT, UPDATE, DELETE ON {quoted} TO {who}"]
    visible = VISIBLE.get(name)
    if visible is None:
        return rights
    return [
        *rights,
        f"ALTER TABLE {quoted} ENABLE ROW LEVEL SECURITY",
        f"DROP POLICY IF EXISTS tuyen_reader ON {quoted}",
        f"DROP POLICY IF EXISTS tuyen_whole ON {quoted}",
        f"CREATE POLICY tuyen_reader ON {quoted} FOR SELECT TO {READER} USING ({visible})",
        f"CREATE POLICY tuyen_whole ON {quoted} TO {WHOLE} USING (true) WITH CHECK (true)",
    ]


class State(NamedTuple):
    """How the walls of a database stand, for the doctor."""

    lacking: tuple[str, ...]  # protected tables without their policies
    may_take: bool
    superuser: bool  # the login passes every policy, should it leave its role
    owner: bool  # the login owns the tables, and could take the policies down


def state(connection: Any) -> State:
    """Whether every protected table has its policies, and what the login could do by itself."""
    with connection.cursor() as cursor:
        cursor.execute(MAY_TAKE)
        may_take = bool(cursor.fetchone()[0])
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relrowsecurity AND c.relkind = 'r' AND 2 ="
            " (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname IN (%s, %s))",
            [READER, WHOLE],
        )
        walled = {row[0] for row in cursor.fetchall()}
        there = set(connection.introspection.table_names(cursor))
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user")
        superuser = bool(cursor.fetchone()[0])
        cursor.execute(
            "SELECT pg_has_role(session_user, relowner, 'MEMBER') FROM pg_class"
            " WHERE oid = to_regclass('journal_entry')"
        )
        row = cursor.fetchone()
    return State(
        tuple(sorted(there & set(VISIBLE) - walled)), may_take, superuser, bool(row and row[0])
    )
