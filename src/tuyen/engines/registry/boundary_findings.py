"""What can be wrong with a boundary file, or was mended in it."""

from tuyen.kernel.refusal import N_, Refusal


class Unusable(Refusal):
    """Nothing in the file can be used."""

    code = "registry.boundary-unusable"
    message = N_("The boundary file cannot be used.")


class TooLarge(Unusable):
    code = "registry.boundary-too-large"
    message = N_(
        "The file has {megabytes} MB; up to {limit} MB are read. Simplify the layer first."
    )


class NotUtf8(Unusable):
    code = "registry.boundary-not-utf8"
    message = N_("Byte {byte} of the file is not UTF-8; export the layer as GeoJSON in UTF-8.")


class NotJson(Unusable):
    code = "registry.boundary-not-json"
    message = N_(
        "The file is not JSON (line {line}, column {column}: {what}); export the layer as GeoJSON."
    )


class NotFeatures(Unusable):
    code = "registry.boundary-not-features"
    message = N_(
        "The file holds {kind}, where a FeatureCollection was expected; export the layer as GeoJSON."
    )


class NoFeatures(Unusable):
    code = "registry.boundary-no-features"
    message = N_("The file has no features; export the layer again and check that it is not empty.")


class WrongCrs(Unusable):
    code = "registry.boundary-wrong-crs"
    message = N_(
        "The coordinates are in {crs}, not in longitude and latitude; export the layer in WGS 84 "
        "(EPSG:4326)."
    )


class InMetres(Unusable):
    code = "registry.boundary-in-metres"
    message = N_(
        "Coordinates such as {x}, {y} are metres (UTM or VN-2000), not longitude and latitude; "
        "export the layer in WGS 84 (EPSG:4326)."
    )


class OutsideCountry(Refusal):
    code = "registry.boundary-outside"
    message = N_(
        "Feature {feature}: {lon}, {lat} lies outside {west} to {east} east and {south} to {north} "
        "north; check the coordinates."
    )


class NoUnit(Refusal):
    code = "registry.boundary-no-unit"
    message = N_(
        "Feature {feature} names no unit: it has the properties {properties}; name one of them "
        "code or name, or say which to use."
    )


class NotAPolygon(Refusal):
    code = "registry.boundary-not-a-polygon"
    message = N_(
        "The geometry of feature {feature} ({unit}) is a {kind}; a boundary is a Polygon or a "
        "MultiPolygon."
    )


class NoArea(Refusal):
    code = "registry.boundary-no-area"
    message = N_("Feature {feature} ({unit}) has no geometry, or one without any area.")


class NotAPosition(Refusal):
    code = "registry.boundary-not-a-position"
    message = N_(
        "Feature {feature} ({unit}), ring {ring}: position {position} is not a pair of numbers."
    )


class RingTooShort(Refusal):
    code = "registry.boundary-ring-too-short"
    message = N_(
        "Feature {feature} ({unit}), ring {ring} has {count} different positions, which is no area; "
        "the ring was left out."
    )


class SameUnitTwice(Refusal):
    code = "registry.boundary-unit-twice"
    message = N_("Feature {feature} has the code {unit} of feature {first}; keep one of them.")


class Mended(Refusal):
    code = "registry.boundary-mended"
    message = N_(
        "Feature {feature} ({unit}) crossed itself and was mended; its area changed by {percent} %."
    )


class Closed(Refusal):
    code = "registry.boundary-ring-closed"
    message = N_("Feature {feature} ({unit}), ring {ring} was open and was closed.")


class Swapped(Refusal):
    code = "registry.boundary-swapped"
    message = N_("The file gives latitude before longitude; all coordinates were swapped.")


class ZerosRestored(Refusal):
    code = "registry.boundary-zeros-restored"
    message = N_("Feature {feature}: the code {given} had lost its leading zeros; read as {unit}.")


class Overlapping(Refusal):
    code = "registry.boundary-overlap"
    message = N_("Features {first} and {second} overlap by {percent} % of the smaller one.")
