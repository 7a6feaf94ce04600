"""What happened, in words: the kinds of operations as a reader calls them."""

from django.utils.translation import gettext

from tuyen.kernel.refusal import N_

KIND_NAMES = {
    "access.answer_export": N_("Answer for a list with names"),
    "access.appoint": N_("Appoint to a post"),
    "access.break_glass": N_("Open a record in an emergency"),
    "access.close_account": N_("Close an account"),
    "access.create_post": N_("Create a post"),
    "access.enrol_device": N_("Enrol a device"),
    "access.fetch_export": N_("Take out a list with names"),
    "access.lose_device": N_("Report a device as lost"),
    "access.open_account": N_("Open an account"),
    "access.open_first_account": N_("Open the first administrator's account"),
    "access.order_device": N_("Send an order to a device"),
    "access.relieve": N_("Relieve of a post"),
    "access.request_export": N_("Ask for a list with names"),
    "access.reset_second_factor": N_("Reset somebody's second factor"),
    "access.review_emergency": N_("Judge an emergency opening"),
    "access.withdraw_export": N_("Withdraw a request for a list with names"),
    "indicators.correct_figure": N_("Correct a published figure"),
    "indicators.publish_figure": N_("Record a published figure"),
    "indicators.publish_table": N_("Publish a table of counts"),
    "indicators.void_figure": N_("Void a published figure"),
    "journal.declare_restored": N_("Declare that the database was restored"),
    "journal.withdraw_refused": N_("Withdraw a refused operation"),
    "registry.answer_move": N_("Answer a request for a move"),
    "registry.amend_person": N_("Correct a person's record"),
    "registry.change_unit": N_("Change a unit"),
    "registry.close_unit": N_("Close a unit"),
    "registry.create_unit": N_("Create a unit"),
    "registry.end_identifier": N_("End a person's number"),
    "registry.end_relation": N_("End a relation of units"),
    "registry.entitle": N_("Record insurance"),
    "registry.identify": N_("Record a person's number"),
    "registry.merge_persons": N_("Merge two records of a person"),
    "registry.move_household": N_("Move a household"),
    "registry.move_person": N_("Move a person"),
    "registry.propose_merge": N_("Propose to merge two records"),
    "registry.propose_reorganisation": N_("Propose a reorganisation"),
    "registry.propose_undo": N_("Propose to undo a reorganisation"),
    "registry.publish_coverage": N_("Record a published insurance coverage"),
    "registry.record_death": N_("Record a death"),
    "registry.register_household": N_("Register a household"),
    "registry.register_person": N_("Register a person"),
    "registry.relate": N_("Relate two units"),
    "registry.reorganise": N_("Reorganise units"),
    "registry.request_move": N_("Ask for a person who moved"),
    "registry.set_apart": N_("Keep two records apart"),
    "registry.set_boundary": N_("Set an outline"),
    "registry.undo_set_apart": N_("Take back that two records are kept apart"),
    "registry.withdraw_proposal": N_("Withdraw a proposed reorganisation"),
    "registry.undo_merge": N_("Part two merged records"),
    "registry.undo_reorganisation": N_("Undo a reorganisation"),
    "registry.void_person": N_("Void a person's record"),
    "surveillance.amend_case": N_("Correct a case report"),
    "surveillance.close_alarm": N_("Close an alarm"),
    "surveillance.mark_epidemic_year": N_("Leave a year out of the baselines"),
    "surveillance.keep_outlook": N_("Keep what is expected of a disease"),
    "surveillance.raise_alarm": N_("Raise an alarm"),
    "surveillance.report_case": N_("Report a case"),
    "surveillance.report_zero": N_("Report a week without cases"),
    "surveillance.triage_alarm": N_("Answer an alarm"),
    "surveillance.void_case": N_("Void a case report"),
}


def kind_name(kind: str) -> str:
    """A kind in the reader's language; one that has no words here is shown as it is."""
    return gettext(KIND_NAMES[kind]) if kind in KIND_NAMES else kind


def channel_name(channel: str) -> str:
    """The door by which an operation came in."""
    return {
        "web": gettext("console"),
        "api": gettext("interface"),
        "cli": gettext("command line"),
        "import": gettext("import of a file"),
        "device": gettext("tablet"),
        "system": gettext("the program itself"),
    }.get(channel, channel)
