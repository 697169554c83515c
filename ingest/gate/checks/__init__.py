"""Checks of the gate: each file looks at one side of a dossier and yields findings."""
