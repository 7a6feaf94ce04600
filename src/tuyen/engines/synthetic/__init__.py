"""A province that never was: pure generators of units, people, staff and disease, by seed."""
