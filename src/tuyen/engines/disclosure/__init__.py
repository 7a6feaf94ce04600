"""What may be printed without telling about a person: suppression, rounding, and the attack on both."""
