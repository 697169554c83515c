"""GDAL, opened safely: the only module that imports pyogrio.

GDAL opens by content, not by name: a VRT, a pipeline or a web-service file in disguise would read
other files of this machine or call another host. Those drivers are switched off, and the network
with them, before the library is loaded. A reader of a stranger's file names in `SQH_GDAL_DRIVERS`
the drivers that its kind of file needs, and gets no other. Pass only absolute paths that the
program itself made.
"""

import os
import sys
from pathlib import Path

DANGEROUS_DRIVERS = (
    "VRT,OGR_VRT,WFS,OAPIF,HTTP,CSW,EEDA,GDALG,Elasticsearch,Carto,AmigoCloud,NGW,PLSCENES,"
    "OGCAPI,GPSBabel,ADBC"
)
OTHER_DRIVERS = (
    "AIVector,AVCBin,AVCE00,CSV,DGN,DXF,EDIGEO,ESRI Shapefile,ESRIJSON,FlatGeobuf,GML,GPKG,GPX,"
    "GTFS,GeoJSON,GeoJSONSeq,GeoRSS,Idrisi,JML,JSONFG,KML,LIBKML,LVBAG,MBTiles,MEM,MVT,"
    "MapInfo File,MapML,MiraMonVector,ODS,OGR_GMT,OGR_PDS,OSM,OpenFileGDB,PCIDSK,PDF,PDS4,PGDUMP,"
    "PMTiles,S57,SQLite,SXF,Selafin,TopoJSON,VDV,VFK,VICAR,WAsP,XLSX"
)
CHOICE = "SQH_GDAL_DRIVERS"

_wanted = frozenset(filter(None, os.environ.get(CHOICE, "").split(",")))
_skipped = [name for name in OTHER_DRIVERS.split(",") if _wanted and name not in _wanted]

os.environ["GDAL_SKIP"] = ",".join([DANGEROUS_DRIVERS, *_skipped])
os.environ["GDAL_HTTP_PROXY"] = "http://127.0.0.1:9"  # nobody listens: `crs` links stay unread
os.environ["CPL_VSIL_GZIP_WRITE_PROPERTIES"] = "NO"


class _Absent:
    """Libraries that pyogrio can do without: a reader starts in a third of the time."""

    names = frozenset({"geopandas", "pandas", "pyproj", "shapely"})

    def find_spec(self, name: str, *_: object) -> None:
        if name in self.names:
            raise ModuleNotFoundError(name)


if _wanted:
    sys.meta_path.insert(0, _Absent())

import pyogrio  # noqa: E402

__all__ = ["CHOICE", "DANGEROUS_DRIVERS", "pyogrio", "text_encoding"]


class DriversUnknown(Exception):
    """This GDAL has drivers that the list above does not know, so they could not be refused."""


def _check_drivers() -> None:
    more = set(pyogrio.list_drivers()) - _wanted
    if _wanted and more:
        raise DriversUnknown(", ".join(sorted(more)))


_check_drivers()


def text_encoding(location: Path) -> str | None:
    """A shapefile without .cpg is read as UTF-8, strictly: anything else would be a guess.

    None: the file says it itself.
    """
    if location.suffix.lower() != ".shp":
        return None
    side = (place for place in location.parent.iterdir() if place.stem == location.stem)
    return None if any(place.suffix.lower() == ".cpg" for place in side) else "UTF-8"
