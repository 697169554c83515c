"""Being told: a log of changes for programs, feeds of a parcel, area or commune for people."""
