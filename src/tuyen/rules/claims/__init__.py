"""The insurance claim as data: tables and fields, code lists, benefits, and what is checked."""
