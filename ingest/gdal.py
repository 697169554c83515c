"""GDAL, opened safely: the only module that imports pyogrio.

GDAL opens by content, not by name: a VRT, a pipeline or a web-service file in disguise would read
other files of this machine or call another host. Those drivers are switched off, and the network
with them, before the library is loaded. The reader of a stranger's file starts with `only` the
drivers that its kind of file needs. Pass only absolute paths that the program itself made.
"""

import os
import sys
from pathlib import Path

DANGEROUS_DRIVERS = (
    "VRT,OGR_VRT,WFS,OAPIF,HTTP,CSW,EEDA,GDALG,Elasticsearch,Carto,AmigoCloud,NGW,PLSCENES,"
    "OGCAPI,GPSBabel,ADBC"
)
CHOICE = "SQH_GDAL_DRIVERS"

_is_reader = CHOICE in os.environ
if not _is_reader:
    os.environ["GDAL_SKIP"] = DANGEROUS_DRIVERS
os.environ["GDAL_HTTP_PROXY"] = "http://127.0.0.1:9"  # nobody listens: `crs` links stay unread
os.environ["CPL_VSIL_GZIP_WRITE_PROPERTIES"] = "NO"


class _Absent:
    """Libraries that pyogrio can do without: a reader starts in a third of the time."""

    names = frozenset({"geopandas", "pandas", "pyproj", "shapely"})

    def find_spec(self, name: str, *_: object) -> None:
        if name in self.names:
            raise ModuleNotFoundError(name)


if _is_reader:
    sys.meta_path.insert(0, _Absent())

import pyogrio  # noqa: E402

__all__ = ["DANGEROUS_DRIVERS", "only", "pyogrio", "text_encoding"]


def only(drivers: str) -> dict[str, str]:
    """Environment of a reader that gets these drivers (comma between) and no other."""
    others = sorted(set(pyogrio.list_drivers()) - set(drivers.split(",")))
    return {CHOICE: drivers, "GDAL_SKIP": ",".join([DANGEROUS_DRIVERS, *others])}


def text_encoding(location: Path) -> str | None:
    """A shapefile without .cpg is read as UTF-8, strictly: anything else would be a guess.

    None: the file says it itself.
    """
    if location.suffix.lower() != ".shp":
        return None
    side = (place for place in location.parent.iterdir() if place.stem == location.stem)
    return None if any(place.suffix.lower() == ".cpg" for place in side) else "UTF-8"
