"""GDAL, opened safely: the only module that imports pyogrio.

GDAL opens by content, not by name: a VRT, a pipeline or a web-service file in disguise would read
other files of this machine or call another host. Those drivers are switched off, and the network
with them, before the library is loaded. Pass only absolute paths that the program itself made.
"""

import os
from pathlib import Path

DANGEROUS_DRIVERS = (
    "VRT,OGR_VRT,WFS,OAPIF,HTTP,CSW,EEDA,GDALG,Elasticsearch,Carto,AmigoCloud,NGW,PLSCENES,"
    "OGCAPI,GPSBabel,ADBC"
)

os.environ["GDAL_SKIP"] = DANGEROUS_DRIVERS
os.environ["GDAL_HTTP_PROXY"] = "http://127.0.0.1:9"  # nobody listens: `crs` links stay unread
os.environ["CPL_VSIL_GZIP_WRITE_PROPERTIES"] = "NO"

import pyogrio  # noqa: E402

__all__ = ["DANGEROUS_DRIVERS", "pyogrio", "text_encoding"]


def text_encoding(location: Path) -> str | None:
    """A shapefile without .cpg is read as UTF-8, strictly: anything else would be a guess.

    None: the file says it itself.
    """
    if location.suffix.lower() != ".shp":
        return None
    side = (place for place in location.parent.iterdir() if place.stem == location.stem)
    return None if any(place.suffix.lower() == ".cpg" for place in side) else "UTF-8"
