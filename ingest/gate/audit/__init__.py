"""Numbers that a dossier states, against what it draws and against each other."""
