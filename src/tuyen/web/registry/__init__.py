"""Screens of the dated map, the units on it, and the people who live there."""
