"""The network of stations: sites reviewed on five criteria, plans of reorganisation, what became of them."""
