"""A number with its unit: the two never part, and only like units meet."""

from dataclasses import dataclass
from decimal import Decimal

from tuyen.kernel.refusal import N_, Refusal

# Factor to the first unit of each dimension. Exact, so Decimal, never float.
_DIMENSIONS: dict[str, dict[str, Decimal]] = {
    "count": {"1": Decimal(1), "person": Decimal(1), "dose": Decimal(1)},
    "share": {
        "1/1": Decimal(1),
        "%": Decimal("0.01"),
        "per-mille": Decimal("0.001"),
        "/10,000": Decimal("0.0001"),
        "/100,000": Decimal("0.00001"),
    },
    "mass concentration": {
        "mg/L": Decimal(1),
        "g/L": Decimal(1000),
        "ug/L": Decimal("0.001"),
        "ng/L": Decimal("0.000001"),
    },
    "bacteria": {"CFU/100 mL": Decimal(1), "CFU/mL": Decimal(100)},
    "length": {"m": Decimal(1), "km": Decimal(1000), "cm": Decimal("0.01"), "mm": Decimal("0.001")},
    "area": {"km2": Decimal(1), "ha": Decimal("0.01"), "m2": Decimal("0.000001")},
    "mass": {"kg": Decimal(1), "g": Decimal("0.001"), "mg": Decimal("0.000001")},
    "time": {"min": Decimal(1), "h": Decimal(60), "d": Decimal(1440)},
    "money": {
        "VND": Decimal(1),
        "thousand VND": Decimal(1000),
        "million VND": Decimal(1_000_000),
        "billion VND": Decimal(1_000_000_000),
    },
    "pressure": {"mmHg": Decimal(1)},
}
_DIMENSION_OF = {unit: name for name, units in _DIMENSIONS.items() for unit in units}


class UnknownUnit(Refusal):
    code = "kernel.unknown-unit"
    message = N_("{unit} is not a unit known here; expected one of {known}.")


class UnlikeUnits(Refusal):
    code = "kernel.unlike-units"
    message = N_("{left} and {right} do not measure the same thing.")


@dataclass(frozen=True, slots=True)
class Quantity:
    """``value`` in ``unit``; arithmetic and order convert between like units, exactly."""

    value: Decimal
    unit: str

    def __post_init__(self) -> None:
        if self.unit not in _DIMENSION_OF:
            raise UnknownUnit(unit=self.unit, known=", ".join(sorted(_DIMENSION_OF)))

    def to(self, unit: str) -> "Quantity":
        """The same quantity in ``unit``; refused when the two are not alike."""
        target = Quantity(Decimal(0), unit)
        name = _DIMENSION_OF[self.unit]
        if _DIMENSION_OF[target.unit] != name:
            raise UnlikeUnits(left=self.unit, right=unit)
        factors = _DIMENSIONS[name]
        return Quantity(self.value * factors[self.unit] / factors[unit], unit)

    def __add__(self, other: "Quantity") -> "Quantity":
        return Quantity(self.value + other.to(self.unit).value, self.unit)

    def __sub__(self, other: "Quantity") -> "Quantity":
        return Quantity(self.value - other.to(self.unit).value, self.unit)

    def __lt__(self, other: "Quantity") -> bool:
        return self.value < other.to(self.unit).value

    def __le__(self, other: "Quantity") -> bool:
        return self.value <= other.to(self.unit).value

    def __str__(self) -> str:
        return f"{self.value} {self.unit}"
