"""Why a change of the map or of a person's record was refused, said with what to do."""

from tuyen.kernel.refusal import N_, Refusal


class UnknownUnit(Refusal):
    code = "registry.unknown-unit"
    message = N_("{field}: there is no unit {unit}; choose one from the map.")


class UnitExists(Refusal):
    code = "registry.unit-exists"
    message = N_("The unit {unit} is on the map already; an id is never used again.")


class UnknownWord(Refusal):
    code = "registry.unknown-word"
    message = N_("{field}: {value} is not on the list; choose one of: {known}.")


class ClosedUnit(Refusal):
    code = "registry.closed-unit"
    message = N_("{field}: {name} ended on {until}; for {on} choose {successors}.")


class NotYetOpen(Refusal):
    code = "registry.not-yet-open"
    message = N_("{field}: {name} exists only from {since}, but the date given is {on}.")


class EndsBeforeItBegins(Refusal):
    code = "registry.ends-before-it-begins"
    message = N_("{field}: {until} is not after {since}; give a later day.")


class CodeMalformed(Refusal):
    code = "registry.code-malformed"
    message = N_("{code} has not the form of a code of {system}: expected {pattern}.")


class CodeTaken(Refusal):
    code = "registry.code-taken"
    message = N_("The code {code} of {system} belongs to {holder} from {since} to {until}.")


class RelationDoesNotFit(Refusal):
    code = "registry.relation-does-not-fit"
    message = N_(
        "{kind} cannot join {subject} ({subject_type}) to {object} ({object_type}); "
        "expected {of} to {to}."
    )


class RelationToItself(Refusal):
    code = "registry.relation-to-itself"
    message = N_("{subject} cannot have the relation {kind} to itself; choose another unit.")


class LiesInACircle(Refusal):
    code = "registry.lies-in-a-circle"
    message = N_("{subject} cannot have the relation {kind} to {object}: that closes a circle.")


class NoSuchRelation(Refusal):
    code = "registry.no-such-relation"
    message = N_("{subject} has no relation {kind} to {object} on {on}.")


class NothingChanges(Refusal):
    code = "registry.nothing-changes"
    message = N_("The change states nothing; fill in at least one field.")


class NotAnOutline(Refusal):
    code = "registry.not-an-outline"
    message = N_(
        "The outline of {unit} cannot be used ({what}); give a Polygon or MultiPolygon in degrees."
    )


class NotAnArea(Refusal):
    code = "registry.not-an-area"
    message = N_("{field}: {name} is not a village or commune; choose where the person lives.")


class NotAFacility(Refusal):
    code = "registry.not-a-facility"
    message = N_("{field}: {name} is not a facility; choose where the person's care begins.")


class OutOfReach(Refusal):
    code = "registry.out-of-reach"
    message = N_(
        "{name} is not among the places of {unit}; send this from the unit in charge there."
    )


class UnknownPerson(Refusal):
    code = "registry.unknown-person"
    message = N_("There is no person {person} on record; search for the name and choose.")


class PersonExists(Refusal):
    code = "registry.person-exists"
    message = N_("A person with the id {person} is on record already; an id is never used again.")


class UnknownHousehold(Refusal):
    code = "registry.unknown-household"
    message = N_("There is no household {household} on record; search for it and choose.")


class EmptyName(Refusal):
    code = "registry.empty-name"
    message = N_("{field}: {value} has no letter in it; write the name.")


class BornAfterRecording(Refusal):
    code = "registry.born-after-recording"
    message = N_("{name}: the birth date {born_on} is after {on}, when this was recorded.")


class TooOld(Refusal):
    code = "registry.too-old"
    message = N_(
        "{name}: born on {born_on} is more than {limit} years before {on}; check the year."
    )


class BeforeBirth(Refusal):
    code = "registry.before-birth"
    message = N_("{field}: {day} is before the birth on {born_on}; check both dates.")


class AfterDeath(Refusal):
    code = "registry.after-death"
    message = N_("{field}: {day} is after the death on {died_on}; check both dates.")


class InTheFuture(Refusal):
    code = "registry.in-the-future"
    message = N_("{field}: {day} is after {on}, when this was recorded.")


class AlreadyDead(Refusal):
    code = "registry.already-dead"
    message = N_("{name} is already recorded as having died on {died_on}.")


class NotOnRecordAsDead(Refusal):
    code = "registry.not-on-record-as-dead"
    message = N_("No death of {name} is on record; record the death first.")


class DeathOfAnotherDay(Refusal):
    code = "registry.death-of-another-day"
    message = N_(
        "The death is on record as of {died_on}, no longer of {was}; look at it again before you correct it."
    )


class SameDayOfDeath(Refusal):
    code = "registry.same-day-of-death"
    message = N_("The death is on record as of {died_on} already.")


class AlreadyVoid(Refusal):
    code = "registry.already-void"
    message = N_("This record was taken out of use on {on}: {reason}.")


class MovesBackward(Refusal):
    code = "registry.moves-backward"
    message = N_("{field}: {day} is not after {since}, when {name} came to live there.")


class NumberMalformed(Refusal):
    code = "registry.number-malformed"
    message = N_("{value} has not the form of a {system}: expected {pattern}.")


class NumberTaken(Refusal):
    code = "registry.number-taken"
    message = N_(
        "Another person has the number {value} ({system}); look at that record before going on."
    )


class NoSuchNumber(Refusal):
    code = "registry.no-such-number"
    message = N_("This person has no number {value} ({system}) on {on}.")


class NoPlace(Refusal):
    code = "registry.no-place"
    message = N_("Say where {name} lives: a village or commune, or a household.")


class PercentDisagrees(Refusal):
    code = "registry.percent-disagrees"
    message = N_(
        "{percent} % is not {insured} of {persons}, which is {found} %; check the figures."
    )


class NeedsProposal(Refusal):
    code = "registry.needs-proposal"
    message = N_(
        "A reorganisation is decided by two persons: propose it, and let another confirm it."
    )


class NeedsUndoProposal(Refusal):
    code = "registry.needs-undo-proposal"
    message = N_(
        "A reorganisation is undone by two persons: propose it, and let another confirm it."
    )


class UndoWaits(Refusal):
    code = "registry.undo-waits"
    message = N_("To undo this was proposed on {on}, and waits for a second person.")


class UnknownProposal(Refusal):
    code = "registry.unknown-proposal"
    message = N_("There is no open proposal {proposal}; choose one from the list.")


class OwnProposal(Refusal):
    code = "registry.own-proposal"
    message = N_("You proposed this yourself; another person has to confirm it.")


class NotAsProposed(Refusal):
    code = "registry.not-as-proposed"
    message = N_("This is not what was proposed; confirm the proposal as it is, or propose anew.")


class UnknownReorganisation(Refusal):
    code = "registry.unknown-reorganisation"
    message = N_("There is no reorganisation {decision} on record; choose one from the list.")


class AlreadyUndone(Refusal):
    code = "registry.already-undone"
    message = N_("This was already undone on {on}.")


class LaterReorganisation(Refusal):
    code = "registry.later-reorganisation"
    message = N_(
        "The reorganisation of {on} ({basis}) builds on this one, at {name}; undo that one first."
    )


class RecordsSince(Refusal):
    code = "registry.records-since"
    message = N_(
        "Records made since the reorganisation name {name} ({number} of them) and would lose their"
        " unit; it cannot be undone before they are moved or taken back."
    )


class ChangedSince(Refusal):
    code = "registry.changed-since"
    message = N_("{name} was changed after the reorganisation; take that change back first.")


class MergedAway(Refusal):
    code = "registry.merged-away"
    message = N_("This record was merged into another ({into}); send the change for that one.")


class SameRecord(Refusal):
    code = "registry.same-record"
    message = N_("A record cannot be merged with itself; choose two.")


class OneIsDead(Refusal):
    code = "registry.one-is-dead"
    message = N_(
        "{name} is recorded as dead in only one of the records; settle that before they are merged."
    )


class MergeNeedsProposal(Refusal):
    code = "registry.merge-needs-proposal"
    message = N_(
        "The two records are of {one} and {other}: one person proposes the merger, and another"
        " confirms it."
    )


class UnknownMerge(Refusal):
    code = "registry.unknown-merge"
    message = N_("There is no merger of records {merge}; choose one from the list.")


class MergedSince(Refusal):
    code = "registry.merged-since"
    message = N_("{name} was merged again afterwards; undo that merger first.")


class TakenOverChanged(Refusal):
    code = "registry.taken-over-changed"
    message = N_("What {name} took over ({what}) was changed since; take that change back first.")


class KeptApart(Refusal):
    code = "registry.kept-apart"
    message = N_(
        "On {on} somebody found that these are two people's records ({reason}); take that back"
        " before they are merged."
    )


class AlreadyApart(Refusal):
    code = "registry.already-apart"
    message = N_("The two records are already kept apart, since {on}.")


class UnknownApart(Refusal):
    code = "registry.unknown-apart"
    message = N_("There is no such decision {decision} to keep two records apart.")


class NotYoursToTake(Refusal):
    code = "registry.not-yours-to-take"
    message = N_(
        "By the record, {name} lives at no place of this unit. Show the personal number that is on"
        " record, or ask the unit there to let the person go."
    )


class WrongNumberShown(Refusal):
    code = "registry.wrong-number-shown"
    message = N_(
        "The number shown is not the one on record; compare the card again, or ask the unit where"
        " the person lives."
    )


class LivesHereAlready(Refusal):
    code = "registry.lives-here-already"
    message = N_("{name} already lives at a place of your unit; record the move yourself.")


class AskedAlready(Refusal):
    code = "registry.asked-already"
    message = N_("Your unit asked for this person on {on}; wait for the answer.")


class UnknownRequest(Refusal):
    code = "registry.unknown-request"
    message = N_("There is no open request {request} for a move; choose one from the list.")


class NoReasonGiven(Refusal):
    code = "registry.no-reason-given"
    message = N_("Say in a few words why the person is not let go.")
