"""A drawn area in an address: the polygon itself, written short, so that nothing is stored.

The ring is a Flexible Polyline (degrees to 1e-6, about 0.1 m) of at most MOST_CORNERS corners:
letters, digits, `-` and `_` alone.
"""

import re

import flexpolyline
import shapely
from shapely import Polygon

from schemas.crs import WGS84, project_one
from schemas.errors import BadQuestion
from schemas.words import Words

MOST_CORNERS = 100
LARGEST_M2 = 50_000_000.0
LONGEST = 1_500
PRECISION = 6
_PAIR = re.compile(r"\s*(-?\d{1,3}(?:\.\d{1,12})?)[\s,;]+(-?\d{1,3}(?:\.\d{1,12})?)\s*")

HOW = Words(
    "Viết mỗi góc một dòng: kinh độ, vĩ độ; ví dụ 106.750, 10.310. Từ 3 đến 100 góc, tối đa "
    "50 km².",
    "One corner a line: longitude, latitude; such as 106.750, 10.310. 3 to 100 corners, at most "
    "50 km².",
)


def typed_ring(text: str) -> Polygon:
    """The polygon (degrees) of corners as people write them, one a line. Raises BadQuestion."""
    lines = [line for line in re.split(r"[\n\r|]+", text) if line.strip()]
    corners = []
    for number, line in enumerate(lines[: MOST_CORNERS + 2], start=1):
        if not (pair := _PAIR.fullmatch(line)):
            raise _bad(
                f"Không hiểu góc thứ {number}: “{line.strip()[:40]}”",
                f"Corner {number} is not understood: “{line.strip()[:40]}”",
            )
        corners.append((float(pair[1]), float(pair[2])))
    return _ring(corners)


def written(area: Polygon) -> str:
    """The polygon (degrees) as it stands in an address."""
    corners = [(lat, lon) for lon, lat in area.exterior.coords[:-1]]
    text: str = flexpolyline.encode(corners, PRECISION)
    return text


def read(text: str) -> Polygon:
    """The polygon (degrees) of an address. Raises BadQuestion."""
    if len(text) > LONGEST or not re.fullmatch("[A-Za-z0-9_-]+", text):
        raise _bad("Địa chỉ vùng không hợp lệ", "The area's address is not valid")
    try:
        corners = [(lon, lat) for lat, lon, *_ in flexpolyline.decode(text)]
    except (ValueError, RuntimeError, OverflowError) as error:
        raise _bad("Địa chỉ vùng không hợp lệ", "The area's address is not valid") from error
    return _ring(corners)


def ground_of(area: Polygon, storage_srid: int) -> bytes:
    """WKB in the storage CRS. Raises BadQuestion where it is no area of a sensible size."""
    placed = project_one(area, WGS84, storage_srid)
    if not (shapely.is_valid(placed) and 0 < placed.area <= LARGEST_M2):
        raise _bad(
            "Vùng phải là một hình không tự cắt, lớn hơn 0 và không quá 50 km²",
            "The area must not cross itself, and be more than 0 and at most 50 km²",
        )
    return bytes(shapely.to_wkb(placed))


def _ring(corners: list[tuple[float, float]]) -> Polygon:
    if corners and corners[0] == corners[-1]:
        corners = corners[:-1]
    if not 3 <= len(corners) <= MOST_CORNERS:
        raise _bad(
            f"Vùng có {len(corners)} góc; cần từ 3 đến {MOST_CORNERS}",
            f"The area has {len(corners)} corners; 3 to {MOST_CORNERS} are needed",
        )
    if not all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in corners):
        raise _bad("Tọa độ phải là kinh độ, vĩ độ", "Coordinates must be longitude, latitude")
    return Polygon(corners)


def _bad(vi: str, en: str) -> BadQuestion:
    return BadQuestion(Words(f"{vi}.", f"{en}."), remedy=HOW)
