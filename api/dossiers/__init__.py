"""Dossiers over the web: received, watched, read, compared, decided about."""
