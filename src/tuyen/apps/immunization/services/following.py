"""People looked at anew, because they or the calendar or the pack changed."""

from tuyen.apps.immunization.operations import Follow
from tuyen.apps.immunization.services.book import Book, day_of
from tuyen.kernel.operation import Batch, applies


@applies(Follow)
def follow(batch: Batch[Follow]) -> None:
    """Bring the statuses of people up to date, and say anew which of their entries are counted:
    two records that became one may hold the same dose. Nobody is refused: who is not on record any
    more leaves the lists."""
    book = Book(
        {person for entry in batch.entries for person in entry.payload.people},
        batch.entries[0].happened_on,
    )
    for entry in batch.entries:
        roots = dict.fromkeys(book.stands.get(person, person) for person in entry.payload.people)
        book.settle(roots, day_of(entry.received_at))
    book.post()
