"""The insurance claim: built from the visit, checked, signed, sent, answered, corrected."""
