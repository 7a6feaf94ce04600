"""Tuyến: a province's preventive medicine and grassroots care, in one system."""

__version__ = "0.1.0"
