"""The machine door: JSON."""
