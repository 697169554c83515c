"""What a worker does with a dossier that came over the web: check, publish, reject, withdraw."""
