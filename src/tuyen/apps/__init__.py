"""The office: tables, operations, services and queries, room by room."""
