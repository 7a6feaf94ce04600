"""Certificates as data: their forms, the lists they draw on, the products WHO accepts, the limits of reading."""
