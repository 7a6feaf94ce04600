"""Arithmetic of published figures: comparison, shares, rates, projection. Exact decimals."""
