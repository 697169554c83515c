"""Administrative units with history: the national list, boundaries, and the sample's units."""

from ingest.units.load import UnitsOutcome, load_units

__all__ = ["UnitsOutcome", "load_units"]
