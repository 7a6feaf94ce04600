"""A visit without the parts that only a purpose opens: see ``rules/clinical/sensitive.yaml``."""

from msgspec.structs import replace

from tuyen.apps.clinical.operations import Content, Diagnosed
from tuyen.rules.clinical import sensitive


def stands_apart(content: Content) -> bool:
    """Whether any part of a visit stands apart."""
    return (
        any(kind(one) for one in content.diagnosed)
        or any(sensitive.item_apart(one.item) for one in content.prescribed)
        or any(sensitive.item_apart(one.item) for one in content.dispensed)
        or any(sensitive.service_apart(one.code) for one in content.served)
        or any(sensitive.programme_apart(one.programme) for one in content.answered)
        or any(sensitive.paper_apart(one.fields) for one in content.papers)
        or bool(content.next and sensitive.programme_apart(content.next.programme))
    )


def kind(diagnosis: Diagnosed) -> str:
    """Of which sensitive kind a diagnosis is; "" of most."""
    return sensitive.kind_of(diagnosis.code)


def open_part(content: Content) -> Content:
    """What of a visit that stands apart in parts everybody may read who reads visits.

    The free words go with what stands apart, and so do the words of a referral and of the next
    visit: they would tell.
    """
    blank = dict.fromkeys(sensitive.texts(), "")
    referred = content.referred and replace(content.referred, reason="", findings="", treatment="")
    after = content.next and replace(content.next, why="", programme="")
    return replace(
        content,
        **blank,
        diagnosed=tuple(one for one in content.diagnosed if not kind(one)),
        prescribed=tuple(one for one in content.prescribed if not sensitive.item_apart(one.item)),
        dispensed=tuple(one for one in content.dispensed if not sensitive.item_apart(one.item)),
        served=tuple(one for one in content.served if not sensitive.service_apart(one.code)),
        answered=tuple(
            one for one in content.answered if not sensitive.programme_apart(one.programme)
        ),
        papers=tuple(one for one in content.papers if not sensitive.paper_apart(one.fields)),
        referred=referred,
        next=after,
    )
