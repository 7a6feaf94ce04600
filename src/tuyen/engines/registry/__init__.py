"""The science of the dated map: successions, crosswalks, derived boundaries, names, identifiers."""
