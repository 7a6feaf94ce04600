"""The operator's door: the tuyen command."""
