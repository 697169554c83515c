"""The gate: a planning dossier comes in, is checked, and becomes rows of the register."""
