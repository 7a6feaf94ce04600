"""Vaccines by lot, as a ledger that always balances; the cold chain that keeps them."""
