"""Vietnamese text in the encodings of old: told by its syllables, restored, never guessed."""
