"""What is wrong with what is told of a talk: all of it, each beside its field."""

from datetime import date
from uuid import UUID

from tuyen.apps.clinical.operations.talks import TalkFacts
from tuyen.apps.clinical.refusals import (
    InTheFuture,
    NoSuchForm,
    NoSuchTopic,
    NotYourPlace,
    ReachedNeeded,
    SpeakerNeeded,
    TopicInWords,
)
from tuyen.apps.registry.queries import Atlas
from tuyen.kernel.refusal import Refusal
from tuyen.rules.clinical import talks as rules

LETTERS = 2
"""Of a name or of words, at least."""


def faults(what: TalkFacts, *, map_: Atlas, unit: UUID, today: date) -> list[tuple[str, Refusal]]:
    """(field, refusal), in the order of the form; none of what can be kept."""
    forms, topics = rules.words("forms"), rules.words("topics")
    found: list[tuple[str, Refusal]] = []
    if what.on > today:
        found.append(("on", InTheFuture(field="on", on=what.on, today=today)))
    if what.form not in forms:
        found.append(("form", NoSuchForm(value=what.form, known=", ".join(forms))))
    if what.topic not in topics:
        found.append(("topic", NoSuchTopic(value=what.topic, known=", ".join(topics))))
    elif rules.explained(what.topic) and len(what.topic_words.strip()) < LETTERS:
        found.append(("topic_words", TopicInWords()))
    if what.place is not None and what.place not in map_.reach(unit, "own", what.on):
        found.append(("place", NotYourPlace(on=what.on)))
    asked = what.form in forms and rules.counted(what.form)
    if (asked and not what.reached) or what.reached > rules.most():
        found.append(("reached", ReachedNeeded(most=rules.most())))
    if len(what.speaker.strip()) < LETTERS:
        found.append(("speaker", SpeakerNeeded()))
    return found
