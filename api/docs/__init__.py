"""The API explained to people: one page made from the OpenAPI document."""
