"""Backups of an installation, and restores that prove them before anything is put in place."""
