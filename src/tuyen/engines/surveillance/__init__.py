"""Detectors as pure functions: EARS, and the legal thresholds of alerts and epidemics."""
