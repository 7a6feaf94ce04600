"""The science of the record: growth, pregnancy, inheritance, programmes. Pure functions."""
