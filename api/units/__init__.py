"""Administrative units by code or name, old or new, on a day."""
