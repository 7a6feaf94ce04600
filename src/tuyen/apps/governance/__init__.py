"""Direction of the province's health service: capital projects, the money they take, what they bring."""
