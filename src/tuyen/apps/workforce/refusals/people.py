"""Why an operation on files, posts and transfers is refused."""

from tuyen.kernel.refusal import N_, Refusal


class UnknownMember(Refusal):
    code = "workforce.unknown-member"
    message = N_("There is nobody with the id {member} at this unit; choose somebody of the list.")


class UnknownWord(Refusal):
    code = "workforce.unknown-word"
    message = N_("{value} is not on the list of {what}; expected one of: {known}.")


class NoWorkplace(Refusal):
    code = "workforce.no-workplace"
    message = N_("There is no unit {unit} on {on}; choose one that works on that day.")


class DaysTurned(Refusal):
    code = "workforce.days-turned"
    message = N_("{until} is not after {since}; write the first day without it.")


class BornTooLate(Refusal):
    code = "workforce.born-too-late"
    message = N_(
        "Born on {born}, and at work since {since}: that is under {least} years; correct one of the two."
    )


class BeyondFull(Refusal):
    code = "workforce.beyond-full"
    message = N_(
        "{name} would hold {percent} % of a post on {on}; end another post first, or take a smaller share."
    )


class SecondMain(Refusal):
    code = "workforce.second-main"
    message = N_(
        "{name} holds another main post on {on}; name the post that ends, or take this one beside it."
    )


class HeadTwice(Refusal):
    code = "workforce.head-twice"
    message = N_("{unit} has a head on {on}: {name}; end that post first.")


class UnknownPost(Refusal):
    code = "workforce.unknown-post"
    message = N_("There is no such post that still counts ({post}); look at the file again.")


class EndsBeforeItBegan(Refusal):
    code = "workforce.ends-before-it-began"
    message = N_("The post began on {since}; it cannot end on {until}.")


class EndedAlready(Refusal):
    code = "workforce.ended-already"
    message = N_(
        "The post ended on {until} already; a later end is a post of its own, so that both can be read."
    )


class UnknownCredential(Refusal):
    code = "workforce.unknown-credential"
    message = N_("There is no such entry that still counts ({credential}); look at the file again.")


class LicenceWithoutNumber(Refusal):
    code = "workforce.licence-without-number"
    message = N_("A practising licence has a number; write it as it stands on the paper.")


class LicenceOfAnother(Refusal):
    code = "workforce.licence-of-another"
    message = N_("Licence {number} is that of {name}; compare it with the paper.")


class HoursMissing(Refusal):
    code = "workforce.hours-missing"
    message = N_(
        "Say how many hours the training had; they count towards those that a licence asks for."
    )


class AccountOfAnother(Refusal):
    code = "workforce.account-of-another"
    message = N_("This account is linked to {name}; an account belongs to one person.")


class NotYourFile(Refusal):
    code = "workforce.not-your-file"
    message = N_(
        "Only the person whose file it is asks for a correction here; whoever edits files corrects them."
    )


class WishUnreadable(Refusal):
    code = "workforce.wish-unreadable"
    message = N_(
        "{value} cannot be put into the file as {field}; write a day as 2026-03-31, sex as male or female."
    )


class WishSettled(Refusal):
    code = "workforce.wish-settled"
    message = N_("There is no such request that waits ({wish}); somebody answered it.")


class ReasonMissing(Refusal):
    code = "workforce.reason-missing"
    message = N_("Say why it is declined; the person reads it.")


class TransferToSelf(Refusal):
    code = "workforce.transfer-to-self"
    message = N_("{name} works at {unit} already; choose another unit.")


class TransferWaits(Refusal):
    code = "workforce.transfer-waits"
    message = N_("A transfer of {name} waits for an answer; answer that one first.")


class TransferSettled(Refusal):
    code = "workforce.transfer-settled"
    message = N_("There is no such transfer that waits ({transfer}); somebody answered it.")


class NotAtWork(Refusal):
    code = "workforce.not-at-work"
    message = N_("{name} holds no main post on {on}; nobody can be moved from nowhere.")


class NoCommune(Refusal):
    code = "workforce.no-commune"
    message = N_("{unit} is no commune on {on}; a zone is that of a commune.")
