"""Published figures on screen."""
