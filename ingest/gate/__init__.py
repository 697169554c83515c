"""The gate proper: a dossier is read, checked and put together, without the database."""
