"""How areas lie to each other: overlaps, gaps and slivers, found for all of them at once."""
