"""The human door: server-rendered pages."""
