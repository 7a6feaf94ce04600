"""Signed health certificates: text of a QR in, verdict out; claims in, signed text out. No trust of its own."""
