"""The screens of the network of stations: review of sites, studio, what was decided and what came of it."""
