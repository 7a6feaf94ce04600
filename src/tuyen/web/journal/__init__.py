"""Screens of what happened: operations, the refused queue, the proof, the doctor."""
