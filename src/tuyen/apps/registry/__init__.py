"""The dated map, and the people on it."""
