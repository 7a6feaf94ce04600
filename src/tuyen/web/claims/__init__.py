"""The console's screens of the insurance claim."""
