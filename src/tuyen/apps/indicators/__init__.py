"""Published figures: what was said, by which document, and what it is compared with."""
