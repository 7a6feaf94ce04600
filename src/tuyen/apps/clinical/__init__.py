"""The record of care: what a visit found and did, told once and read by all who need it."""
