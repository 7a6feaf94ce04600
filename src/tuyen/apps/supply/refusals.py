"""Why an operation on the stock, on what is dispensed, or on the cold chain is refused."""

from tuyen.kernel.refusal import N_, Refusal


class UnknownItem(Refusal):
    code = "supply.unknown-item"
    message = N_("{value} is not an item of the list; expected one of: {known}.")


class UnknownKind(Refusal):
    code = "supply.unknown-kind"
    message = N_("{value} is no kind of equipment; expected one of: {known}.")


class UnknownPlace(Refusal):
    code = "supply.unknown-place"
    message = N_("There is no unit {value} on {on}; choose one of the list.")


class UnknownHolder(Refusal):
    code = "supply.unknown-holder"
    message = N_("{value} is no fridge, box or cabinet of {place}; choose one of its own.")


class LotNeverReceived(Refusal):
    code = "supply.lot-never-received"
    message = N_("Lot {lot} was never received; receive it first, with its number and expiry.")


class LotDiffers(Refusal):
    code = "supply.lot-differs"
    message = N_(
        "Lot {lot} of {item} is known with {field} {known}, not {given}; compare it with the pack and"
        " correct what was typed."
    )


class LotExpired(Refusal):
    code = "supply.lot-expired"
    message = N_("Lot {lot} expired on {on}; discard it, and take another.")


class LotSuspended(Refusal):
    code = "supply.lot-suspended"
    message = N_("Lot {lot} was suspended on {on} ({why}); leave it set apart and take another.")


class SuspendedAlready(Refusal):
    code = "supply.suspended-already"
    message = N_("Lot {lot} was suspended already, on {on}.")


class NotSuspended(Refusal):
    code = "supply.not-suspended"
    message = N_("Lot {lot} is not suspended; there is nothing to lift.")


class NotEnough(Refusal):
    code = "supply.not-enough"
    message = N_(
        "{wanted} of lot {lot} were asked for; at {place} there are {there} ({state})."
        " Count the shelf, or take fewer."
    )


class SendsToItself(Refusal):
    code = "supply.sends-to-itself"
    message = N_("Stock is sent to another place; choose where it goes.")


class LotTwice(Refusal):
    code = "supply.lot-twice"
    message = N_("Lot {lot} stands on two lines; write it on one.")


class UnknownTransfer(Refusal):
    code = "supply.unknown-transfer"
    message = N_("There is no transfer {transfer} to this unit; choose one that is on the way.")


class TransferReceived(Refusal):
    code = "supply.transfer-received"
    message = N_("This transfer was received on {on}; correct the stock by a count.")


class TransferLines(Refusal):
    code = "supply.transfer-lines"
    message = N_("Say of every lot that was sent what came, and of no other: {lots}.")


class MoreThanSent(Refusal):
    code = "supply.more-than-sent"
    message = N_(
        "{came} of lot {lot} came, {sent} were sent; receive what was sent, and count the rest."
    )


class DifferenceUnexplained(Refusal):
    code = "supply.difference-unexplained"
    message = N_("{differences}: write the reason of the difference.")


class UnknownSession(Refusal):
    code = "supply.unknown-session"
    message = N_("Session {session} took nothing of lot {lot} from this unit.")


class SessionClosed(Refusal):
    code = "supply.session-closed"
    message = N_("The stock of this session was closed already; correct it by a count.")


class SessionLines(Refusal):
    code = "supply.session-lines"
    message = N_("Say of every lot that the session took what became of it: {lots} is missing.")


class MoreThanTaken(Refusal):
    code = "supply.more-than-taken"
    message = N_("{told} vials of lot {lot} are told of; the session took {taken}.")


class GivenTooMany(Refusal):
    code = "supply.given-too-many"
    message = N_(
        "{given} doses of lot {lot} were given; {vials} opened vials of {doses} doses hold {most}."
    )


class NothingChanges(Refusal):
    code = "supply.nothing-changes"
    message = N_("The change is zero; write how many vials more or fewer there are.")


class LevelsTurned(Refusal):
    code = "supply.levels-turned"
    message = N_("The most, {most}, is less than the least, {least}; turn them round.")


class UnknownEquipment(Refusal):
    code = "supply.unknown-equipment"
    message = N_("There is no equipment {equipment} of this unit; choose one of the list.")


class CorrectsAnother(Refusal):
    code = "supply.corrects-another"
    message = N_("A change names what it corrects; expected {expected}.")


class RetiredBeforeUse(Refusal):
    code = "supply.retired-before-use"
    message = N_("It is out of use from {until}, before it came into use on {since}.")


class StillHolds(Refusal):
    code = "supply.still-holds"
    message = N_("{equipment} still holds stock: {vials}; put it elsewhere before it is retired.")


class ReadAlready(Refusal):
    code = "supply.read-already"
    message = N_(
        "{equipment} was read already in that half of {on}: {celsius} °C. Correct that reading."
    )


class NotBelievable(Refusal):
    code = "supply.not-believable"
    message = N_("{celsius} °C is outside of {low} to {high}; read it again, or report a fault.")


class ReadingsUnequal(Refusal):
    code = "supply.readings-unequal"
    message = N_("{minutes} moments and {celsius} temperatures; expected one for each other.")


class FromTheFuture(Refusal):
    code = "supply.from-the-future"
    message = N_("{value} has not come yet; write when it happened.")


class UnknownExcursion(Refusal):
    code = "supply.unknown-excursion"
    message = N_("There is no excursion {excursion} of this unit.")


class ExcursionDecided(Refusal):
    code = "supply.excursion-decided"
    message = N_("This excursion was decided on {on}.")


class ExcursionLines(Refusal):
    code = "supply.excursion-lines"
    message = N_("Decide about everything that it set apart: {left} is left.")


class UnknownCheckItem(Refusal):
    code = "supply.unknown-check-item"
    message = N_("{value} is no item of the supervision checklist; choose one of its keys.")


class CheckItemTwice(Refusal):
    code = "supply.check-item-twice"
    message = N_("Item {item} stands twice in this visit; keep one line.")


class CountNotAsked(Refusal):
    code = "supply.count-not-asked"
    message = N_("Item {item} is not counted on the shelf; leave its quantities out.")


class RedWithoutFinding(Refusal):
    code = "supply.red-without-finding"
    message = N_(
        "Red item {item} got no points and has no finding; say what is to be mended, by whom and"
        " until when."
    )


class FindingWithoutFault(Refusal):
    code = "supply.finding-without-fault"
    message = N_(
        "Item {item} has a finding but was not marked 0 or 1; mark it or drop the finding."
    )


class DueBeforeVisit(Refusal):
    code = "supply.due-before-visit"
    message = N_("The finding on {item} is due on {due}, before the visit of {on}.")


class NextVisitTooLate(Refusal):
    code = "supply.next-visit-too-late"
    message = N_(
        "The next visit is asked for on {given}; after {percent} % it is due between {on} and {latest}."
    )


class EarlierUnknown(Refusal):
    code = "supply.earlier-finding-unknown"
    message = N_("Finding {finding} is not an open finding of this station before {on}.")


class UnknownSupervision(Refusal):
    code = "supply.unknown-supervision"
    message = N_("There is no supervision visit {supervision} of this station that still counts.")


class UnknownFinding(Refusal):
    code = "supply.unknown-finding"
    message = N_("There is no open finding {finding} of this station.")


class SupervisedAlready(Refusal):
    code = "supply.supervised-already"
    message = N_(
        "A supervision visit to this station on {on} is on record; void it first if it is wrong."
    )


class NotAPhotograph(Refusal):
    code = "supply.not-a-photograph"
    message = N_("The file is no JPEG photograph; take it again, or choose another.")


class PhotographsEnough(Refusal):
    code = "supply.photographs-enough"
    message = N_("A visit carries at most {most} photographs.")


class NewDayMissing(Refusal):
    code = "supply.new-day-missing"
    message = N_("A finding that is not mended needs a new day after {on}.")


class NothingPrescribed(Refusal):
    code = "supply.nothing-prescribed"
    message = N_("Visit {visit} prescribed nothing at this unit; choose one of the queue.")


class NoQuantity(Refusal):
    code = "supply.no-quantity"
    message = N_("{quantity} of {item} cannot be handed out; write a number above zero.")


class NotPrescribed(Refusal):
    code = "supply.not-prescribed"
    message = N_(
        "{item} was not prescribed in this visit; say in place of which item it is given: {known}."
    )


class MoreThanPrescribed(Refusal):
    code = "supply.more-than-prescribed"
    message = N_("{quantity} of {item} are handed out; {left} of what was prescribed are left.")


class SubstituteUnexplained(Refusal):
    code = "supply.substitute-unexplained"
    message = N_("{item} is given in place of {instead_of}; write why.")


class LotOfAnother(Refusal):
    code = "supply.lot-of-another"
    message = N_("Lot {lot} is not of {item} but of {holds}; read the pack again.")


class UnknownShortfall(Refusal):
    code = "supply.unknown-shortfall"
    message = N_("There is no open difference {shortfall} at this unit; choose one of the list.")


class NotOnTheShelf(Refusal):
    code = "supply.not-on-the-shelf"
    message = N_(
        "{wanted} of {item} were handed out; the shelf holds {there}. Receive what came first."
    )


class NotControlled(Refusal):
    code = "supply.not-controlled"
    message = N_("Lot {lot} is not under special control; count it with the other stock.")


class NeedsTwo(Refusal):
    code = "supply.needs-two"
    message = N_(
        "Lot {lot} is under special control: it is counted by two, in the register of controlled"
        " drugs."
    )


class DestroyedByTwo(Refusal):
    code = "supply.destroyed-by-two"
    message = N_(
        "Lot {lot} is under special control: it is destroyed before the eyes of a second person, in the"
        " register of controlled drugs."
    )


class MoreThanThere(Refusal):
    code = "supply.more-than-there"
    message = N_("{pieces} of lot {lot} are to be destroyed; the shelf holds {there}.")


class NothingToTakeBack(Refusal):
    code = "supply.nothing-to-take-back"
    message = N_("Nothing was handed out at the counter of this unit for the visit {visit}.")


class UnknownCount(Refusal):
    code = "supply.unknown-count"
    message = N_("There is no count {count} of this unit that waits for a second person.")


class SamePerson(Refusal):
    code = "supply.same-person"
    message = N_("The one who counted cannot confirm it; another person does.")
