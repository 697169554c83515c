"""The engine that holds a delivery against a standard described as data."""
