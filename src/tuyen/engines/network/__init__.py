"""The network of stations: where they stand (``siting_*``), and how teams travel (``routing_*``)."""
