"""Screens of immunisation: certificates, sessions, the register of doses."""
