"""How often alarms like this are false, in words that need no statistics."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tuyen.apps.surveillance.queries import AlarmRow, Taught
from tuyen.web.surveillance.words import Words, word
from tuyen.web.templatetags.figures import number

BELOW: Words = {
    "share": gettext_lazy("Below the line: alarms like this are false too often"),
    "budget": gettext_lazy(
        "Below the line: likelier ones fill what the team can look into this week"
    ),
}
_MOST = 1000  # "1 in 1,000" is as much as anybody should believe


def false_in_words(share: float | None) -> str:
    """What a chance to be false says of a hundred alarms alike; empty where nothing was learnt.

    Rounded towards what can be counted on fingers: 0.097 is 1 in 10, 0.52 is 5 in 10.
    """
    if share is None:
        return ""
    if share >= 0.95:
        return str(_("Nearly all alarms like this are false"))
    if share >= 0.15:
        n = round(share * 10)
        return ngettext(
            "About {n} in 10 alarms like this is false",
            "About {n} in 10 alarms like this are false",
            n,
        ).format(n=n)
    if share * _MOST < 1:
        return _("Fewer than 1 in {n} alarms like this is false").format(n=number(_MOST))
    return _("About 1 in {n} alarms like this is false").format(n=number(_rounded(1 / share)))


def quiet_in_words(p: float | None) -> str:
    """How seldom a quiet week looks so; empty where it was not weighed."""
    if p is None:
        return ""
    if p > 0.5:
        return str(_("Most quiet weeks in places like this look so"))
    n = number(_rounded(1 / max(p, 1 / _MOST)))
    if p * _MOST < 1:
        return _("Fewer than 1 in {n} quiet weeks in places like this look so").format(n=n)
    return _("About 1 in {n} quiet weeks in places like this looks so").format(n=n)


def lines(row: AlarmRow, taught: Taught | None) -> list[str]:
    """What is said of an alarm on its page; nothing of an alarm of the law."""
    said = [false_in_words(row.false_share), quiet_in_words(row.pvalue), word(BELOW, row.below)]
    said = [f"{line}." for line in said if line]
    if row.qvalue is not None:
        said.append(
            _("Of the alarms of its week that are at least as likely, {share} % are expected to be false.")
            .format(share=number(round(100 * row.qvalue)))
        )  # fmt: skip
    if row.pvalue is not None and row.false_share is None and taught is not None:
        said.append(
            _("How often such alarms are false is not known yet: people told of {told} weeks of"
              " outbreaks, and {needed} are needed.")
            .format(told=number(taught.told), needed=number(taught.needed))
        )  # fmt: skip
    return said


def _rounded(n: float) -> int:
    """Two figures: 97 stays, 1,234 becomes 1,200."""
    return int(float(f"{n:.2g}"))
