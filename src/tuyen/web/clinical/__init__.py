"""Screens of the record of care."""
