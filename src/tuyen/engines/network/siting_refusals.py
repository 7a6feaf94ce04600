"""Why a siting task cannot be read or asked, and what to do about it."""

from tuyen.kernel.refusal import N_, Refusal


class NotANumber(Refusal):
    code = "network.not-a-number"
    message = N_(
        "{name}, row {row}: {value!r} is not usable as {field}; expected a number that is not"
        " negative. Correct it and run again."
    )


class NotSigned(NotANumber):
    """Where a negative number would do as well."""

    message = N_("{name}, row {row}: {value!r} is not usable as {field}; expected a number.")


class NotWhole(NotANumber):
    message = N_(
        "{name}, row {row}: {value!r} is not usable as {field}; expected a whole number that is not"
        " negative."
    )


class NumberTooLarge(NotANumber):
    """Sums of such numbers would no longer be exact, or no numbers at all."""

    message = N_("{name}, row {row}: {value!r} is too large as {field}; expected at most {most}.")


class WrongCount(Refusal):
    code = "network.wrong-count"
    message = N_(
        "{name}, row {row}: {count} values stand here where {expected} are needed ({layout})."
        " Check that the file is whole and that --format is right."
    )


class NoSuchPlace(Refusal):
    code = "network.no-such-place"
    message = N_(
        "{name}, row {row}: place {value} does not exist; places are numbered 1 to {most}."
    )


class RoadsDisconnected(Refusal):
    code = "network.roads-disconnected"
    message = N_(
        "{name}: the roads fall into {pieces} pieces without a way between them: no road leads from"
        " place 1 to place {place} ({cut} places are cut off). Add the missing roads, or site each"
        " piece by itself."
    )


class NobodyLivesThere(Refusal):
    code = "network.no-people"
    message = N_(
        "{name}, row {row}: {place} has no people ({value!r}). Give the number of people to be"
        " served, or take the place out of the demands."
    )


class SwappedCoordinates(Refusal):
    code = "network.coordinates-swapped"
    message = N_(
        "{name}, row {row}: latitude {lat}, longitude {lon} is no place on earth; the two look"
        " swapped. In Viet Nam latitude is about 8 to 24 and longitude 102 to 118."
    )


class OffTheEarth(Refusal):
    code = "network.coordinates-impossible"
    message = N_(
        "{name}, row {row}: latitude {lat}, longitude {lon} is no place on earth; latitude runs from"
        " -90 to 90, longitude from -180 to 180."
    )


class MissingColumns(Refusal):
    code = "network.missing-columns"
    message = N_(
        "{name} has no column {column}; expected demand, site, distance (and weight, capacity), or"
        " id, x, y or id, lat, lon (and kind, weight, capacity)."
    )


class ColumnTwice(Refusal):
    code = "network.column-twice"
    message = N_("{name}: column {column} stands twice, by this name or another of it; keep one.")


class NoName(Refusal):
    code = "network.no-name"
    message = N_("{name}, row {row}: {field} is empty; give every place a name or a number.")


class BrokenTable(Refusal):
    code = "network.broken-table"
    message = N_(
        "{name}, row {row} is not well-formed CSV: {why}; look for an unclosed quotation mark."
    )


class UnknownKind(Refusal):
    code = "network.unknown-kind"
    message = N_("{name}, row {row}: kind {value!r} is not known; write demand, site or both.")


class Contradiction(Refusal):
    code = "network.contradiction"
    message = N_(
        "{name}, row {row}: {field} of {place} is {value} here and {other} above; keep one of them."
    )


class PairMissing(Refusal):
    code = "network.pair-missing"
    message = N_(
        "{name}: {count} pairs of demand and site have no distance, the first of them {demand} and"
        " {site}; give all of them."
    )


class NothingToSite(Refusal):
    code = "network.nothing-to-site"
    message = N_("{name} holds no {what}; there is nothing to decide.")


class UnreadableFile(Refusal):
    code = "network.unknown-format"
    message = N_("{name} is not in a form that is known here ({why}); say which with --format.")


class CommentLine(Refusal):
    """The forms that are read here have none, and a line that is passed over may have been meant."""

    code = "network.comment-line"
    message = N_(
        "{name}, row {row}: {value!r} begins as a comment does, and this form has no comments. Take the"
        " line out, or the sign at its beginning."
    )


class SectionNotTaken(Refusal):
    code = "network.section-not-taken"
    message = N_(
        "{name}, row {row}: what {section} says cannot be kept here; expected NODE_COORD_SECTION or"
        " EDGE_WEIGHT_SECTION. Take the section out if the answer does not depend on it."
    )


class TooLarge(Refusal):
    code = "network.too-large"
    message = N_(
        "{name} has {sites} sites and {demands} demands; at most {most} pairs of them are taken."
        " Take the sites near each demand, or a province at a time."
    )


class HowManySites(Refusal):
    code = "network.how-many-sites"
    message = N_(
        "{value} sites cannot be opened; {most} are there to choose from. Give --p 1 to {most}."
    )


class SitesNotGiven(Refusal):
    code = "network.sites-not-given"
    message = N_("How many sites to open is not in {name}; give --p.")


class RadiusNeeded(Refusal):
    code = "network.radius-needed"
    message = N_("Covering needs a distance: give --radius in the unit of the file, 0 or more.")


class CapacityNeeded(Refusal):
    code = "network.capacity-needed"
    message = N_("{name} says nothing of what a site can hold; give a column capacity.")


class CapacityShort(Refusal):
    """Not even the largest sites hold everyone."""

    code = "network.capacity-short"
    message = N_(
        "The {p} largest sites hold {held} and {wanted} are to be served: {short} too many. Open at"
        " least {enough} sites, or raise their capacities by at least {short} in all."
    )


class DemandTooLarge(Refusal):
    code = "network.demand-too-large"
    message = N_(
        "{place} alone has {wanted} to be served and no site holds more than {held}: {short} too"
        " many. Divide it, or raise a capacity by {short}."
    )


class CannotBePacked(Refusal):
    code = "network.cannot-be-packed"
    message = N_(
        "No way was found to serve every demand from a single one of {p} sites within their"
        " capacities ({wanted} of {held} used). Open one site more, or raise a capacity."
    )


class OutOfReach(Refusal):
    """Someone lives farther than the radius from every site."""

    code = "network.out-of-reach"
    message = N_(
        "{count} demands have no site within {radius}; the worst, {place}, has its nearest at"
        " {nearest}. Raise --radius to {enough}, or add a site there."
    )


class NoAnswerInTime(Refusal):
    code = "network.no-answer-in-time"
    message = N_(
        "In the time given no way was found to serve {wanted} from {p} sites within their"
        " capacities, and none to show that there is none. Give more with --time-limit."
    )
