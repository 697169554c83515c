"""Vector tiles of the register: which query answers a tile, with which values, and TileJSON.

Pure: routes run the SQL. Layers are `zones`, `lines` and `parcels`.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode

from maps.styles import style_of
from schemas.errors import NotFound
from schemas.queries import load_queries
from schemas.words import Words

SQL = Path(__file__).parent / "tiles.sql"
MAX_ZOOM = 22
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
Bounds = tuple[float, float, float, float]
VIETNAM: Bounds = (102.1, 7.5, 117.5, 23.5)  # where nothing is in force yet; with both archipelagos


class UnknownLayer(NotFound):
    says = Words("Không có lớp bản đồ này.", "There is no such map layer.")


class TileOutOfRange(NotFound):
    says = Words("Không có ô bản đồ này.", "There is no such tile.")


@dataclass(frozen=True)
class Layer:
    """One tile layer: the zooms that have tiles (the viewer stretches the last), its fields."""

    name: str
    min_zoom: int
    max_zoom: int
    fields: Mapping[str, str]


LAYERS: dict[str, Layer] = {
    layer.name: layer
    for layer in (
        Layer(
            "zones",
            9,
            17,
            dict.fromkeys(("symbol", "function", "level", "plan", "style", "label"), "String"),
        ),
        Layer("lines", 13, 17, dict.fromkeys(("kind", "name", "plan"), "String")),
        Layer("parcels", 15, 17, dict.fromkeys(("commune_code", "sheet", "number"), "String")),
    )
}


@dataclass(frozen=True)
class Tile:
    """A tile of the usual web pyramid. Raises TileOutOfRange."""

    z: int
    x: int
    y: int

    outside: ClassVar[Words] = Words("Không có ô {z}/{x}/{y}.", "There is no tile {z}/{x}/{y}.")

    def __post_init__(self) -> None:
        if not (0 <= self.z <= MAX_ZOOM and 0 <= self.x < 2**self.z and 0 <= self.y < 2**self.z):
            raise TileOutOfRange(self.outside.filled(z=self.z, x=self.x, y=self.y))


@dataclass(frozen=True)
class Query:
    """SQL text (asyncpg style) and its values; the answer is one row with one bytea."""

    sql: str
    values: tuple[Any, ...]


def layer_of(name: str) -> Layer:
    """The layer of this name. Raises UnknownLayer."""
    if name not in LAYERS:
        raise UnknownLayer(
            remedy=Words(f"Có: {', '.join(LAYERS)}.", f"There are: {', '.join(LAYERS)}.")
        )
    return LAYERS[name]


def tile_query(
    layer: str, tile: Tile, valid_at: date, known_at: datetime, styles: str
) -> Query | None:
    """The query of a tile; None where the layer has nothing at this zoom (answer 204).

    `styles` is what `style_index` made for this revision. Raises UnknownLayer.
    """
    wanted = layer_of(layer)
    if tile.z < wanted.min_zoom:
        return None
    values: tuple[Any, ...] = (tile.z, tile.x, tile.y, valid_at, known_at)
    sql = load_queries(SQL)[wanted.name]
    return Query(sql, (*values, styles) if wanted.name == "zones" else values)


def tile_bytes(answer: bytes | None) -> bytes | None:
    """What PostGIS answered; None for a tile of no rows (answer 204)."""
    return answer or None


def zone_names_query() -> Query:
    """All names to give to `style_index`: rows of one text."""
    return Query(load_queries(SQL)["zone_names"], ())


def style_index(names: Iterable[str]) -> str:
    """JSON for `tile_query`: style key and label of each name that the catalogue knows."""
    found = {name: style_of(name) for name in names}
    known = {name: [s.key, s.label] for name, s in sorted(found.items()) if s.in_catalogue}
    return json.dumps(known, ensure_ascii=False)


def extent_query(valid_at: date, known_at: datetime) -> Query:
    """The place of what is in force: one row west, south, east, north in degrees, or NULLs."""
    return Query(load_queries(SQL)["extent"], (valid_at, known_at))


def bounds_of(row: Iterable[float | None]) -> Bounds:
    """Bounds from a row of `extent_query`; all Vietnam where nothing is in force."""
    west, south, east, north = row
    if west is None or south is None or east is None or north is None:
        return VIETNAM
    return (west, south, east, north)


def tile_json(
    layer: str, base_url: str, revision: int, bounds: Bounds, valid_at: date | None = None
) -> dict[str, Any]:
    """TileJSON 3.0 of a layer; the tiles' address changes with the register's revision.

    `base_url` has no slash at its end. Raises UnknownLayer.
    """
    described = layer_of(layer)
    asked = {"revision": revision} | ({"valid_at": valid_at.isoformat()} if valid_at else {})
    return {
        "tilejson": "3.0.0",
        "name": f"soquyhoach-{layer}",
        "version": f"1.0.{revision}",
        "scheme": "xyz",
        "tiles": [f"{base_url}/tiles/{layer}/{{z}}/{{x}}/{{y}}.mvt?{urlencode(asked)}"],
        "minzoom": described.min_zoom,
        "maxzoom": described.max_zoom,
        "bounds": list(bounds),
        "vector_layers": [{"id": layer, "fields": dict(described.fields)}],
    }
