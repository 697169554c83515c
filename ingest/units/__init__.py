"""Administrative units with history: the national list, boundaries, and the sample's units."""

from ingest.units.load import load_units
from ingest.units.outcome import UnitsOutcome

__all__ = ["UnitsOutcome", "load_units"]
