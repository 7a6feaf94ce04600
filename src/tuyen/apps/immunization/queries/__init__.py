"""What can be asked of the register of doses."""

from tuyen.apps.immunization.queries.children import DoseRow, dose, doses

__all__ = ["DoseRow", "dose", "doses"]
