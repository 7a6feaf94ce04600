"""People at work: who holds which post where, since when, and what they have to show for it."""
