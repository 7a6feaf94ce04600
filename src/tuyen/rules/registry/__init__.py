"""The law and the lists of the dated map: unit types, relations, codes, peoples, identifiers."""
