"""The screens of governance: readiness of stations, packages, projects and their money, use of equipment."""
