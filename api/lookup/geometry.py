"""A drawn area as a question: GeoJSON in longitude and latitude, checked before it is asked."""

from typing import Any, Literal

import shapely
from pydantic import BaseModel, ConfigDict, Field
from shapely import MultiPolygon, Point, Polygon
from shapely.errors import GEOSException

from api.lookup.ask import Question, by_lonlat
from schemas.crs import WGS84, project_one
from schemas.errors import BadQuestion
from schemas.words import Words

MOST_VERTICES = 10_000
LARGEST_M2 = 50_000_000.0


class Drawn(BaseModel):
    """A GeoJSON geometry (RFC 7946): Point, Polygon or MultiPolygon, longitude first."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["Point", "Polygon", "MultiPolygon"]
    coordinates: list[Any] = Field(min_length=1)


def by_geometry(drawn: Drawn, storage_srid: int) -> Question:
    """The question for a drawn geometry. Raises BadQuestion, and says what is wrong where."""
    shape = _shape(drawn)
    if isinstance(shape, Point):
        return by_lonlat(shape.x, shape.y, storage_srid)
    placed = project_one(shape, WGS84, storage_srid)
    if not shapely.is_valid(placed):
        raise _bad("Hình vẽ không hợp lệ", "The shape is not valid", shapely.is_valid_reason(shape))
    if not 0 < placed.area <= LARGEST_M2:
        raise _bad("Diện tích phải từ 0 đến 50 km²", "The area must be 0 to 50 km²", "")
    return Question("geometry", (shapely.to_wkb(placed),), {"geometry": drawn.type})


def _shape(drawn: Drawn) -> Point | Polygon | MultiPolygon:
    try:
        shape = shapely.force_2d(shapely.from_geojson(drawn.model_dump_json()))
    except GEOSException as error:
        raise _bad("Không hiểu GeoJSON", "The GeoJSON is not understood", str(error)) from error
    if shape.is_empty or shapely.get_num_coordinates(shape) > MOST_VERTICES:
        raise _bad("Hình rỗng hoặc quá 10.000 đỉnh", "Empty, or more than 10,000 vertices", "")
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise _bad("Tọa độ phải là kinh độ, vĩ độ", "Coordinates must be longitude, latitude", "")
    return shape


def _bad(vi: str, en: str, reason: str) -> BadQuestion:
    tail = f": {reason}" if reason else ""
    return BadQuestion(Words(f"{vi}{tail}.", f"{en}{tail}."))
