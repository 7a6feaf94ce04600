"""The console's screens of the vaccine stock and the cold chain."""
