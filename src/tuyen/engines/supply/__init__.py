"""The science of a store: what is first to go, how much is needed, what got too warm."""
