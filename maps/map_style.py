"""The MapLibre style of the viewer: sources, layers and their order, from the style catalogue."""

from datetime import date
from typing import Any

from maps.assets import MOUNT
from maps.styles import NO_FUNCTION, NOT_IN_CATALOGUE, line_styles
from maps.tiles import LAYERS, Bounds, tile_json

FONT = ["be-vietnam-pro-semibold"]
GROUND = "#f3f1ec"
INK = "#14213d"
IMAGE = "zone-"  # the viewer draws the image `zone-<style key>` when the map asks for it

Json = dict[str, Any]


def map_style(revision: int, bounds: Bounds, valid_at: date | None) -> Json:
    """A MapLibre style document. Addresses are without host; the viewer adds its own."""
    return {
        "version": 8,
        "name": "Sổ Quy Hoạch",
        "glyphs": MOUNT + "/glyphs/{fontstack}/{range}.pbf",
        "sources": {name: _source(name, revision, bounds, valid_at) for name in LAYERS}
        | {"picked": {"type": "geojson", "data": _nothing()}},
        "layers": [
            {"id": "ground", "type": "background", "paint": {"background-color": GROUND}},
            *_zones(),
            *_parcels(),
            *_lines(),
            *_labels(),
            *_picked(),
        ],
    }


def _source(name: str, revision: int, bounds: Bounds, valid_at: date | None) -> Json:
    described = tile_json(name, "", revision, bounds, valid_at)
    return {"type": "vector"} | {
        key: described[key] for key in ("tiles", "minzoom", "maxzoom", "bounds")
    }


def _layer(layer_id: str, kind: str, source: str, **parts: Any) -> Json:
    return {"id": layer_id, "type": kind, "source": source, "source-layer": source} | {
        key.rstrip("_"): value for key, value in parts.items()
    }


def _style_is(key: str) -> list[Any]:
    return ["==", ["get", "style"], key]


def _zones() -> list[Json]:
    unusual = (NO_FUNCTION, NOT_IN_CATALOGUE)
    usual = ["!", ["in", ["get", "style"], ["literal", [style.key for style in unusual]]]]
    return [
        _layer(
            "zone-fill",
            "fill",
            "zones",
            filter=["!", _style_is(NO_FUNCTION.key)],
            paint={"fill-pattern": ["concat", IMAGE, ["get", "style"]]},
        ),
        _layer(
            "zone-outline",
            "line",
            "zones",
            filter=usual,
            paint={"line-color": "#3a3a3a", "line-width": 0.9},
        ),
        *[
            _layer(
                f"zone-outline-{style.key}",
                "line",
                "zones",
                filter=_style_is(style.key),
                paint=_stroke(style.outline, style.width, style.dash),
            )
            for style in unusual
        ],
    ]


def _stroke(colour: str, width: float, dash: tuple[float, ...]) -> Json:
    paint: Json = {"line-color": colour, "line-width": width}
    # MapLibre counts dashes in line widths, the catalogue in pixels.
    return paint | ({"line-dasharray": [length / width for length in dash]} if dash else {})


def _parcels() -> list[Json]:
    clear = {"fill-color": INK, "fill-opacity": 0}
    thin = {"line-color": INK, "line-width": 0.7, "line-opacity": 0.75}
    return [
        _layer("parcel-fill", "fill", "parcels", paint=clear),
        _layer("parcel-line", "line", "parcels", paint=thin),
    ]


def _lines() -> list[Json]:
    layers = []
    for kind, style in line_styles().items():
        this = ["==", ["get", "kind"], kind]
        halo = {"line-color": "#ffffff", "line-width": style.width + 2, "line-opacity": 0.7}
        stroke = _stroke(style.outline, style.width, style.dash)
        layers += [
            _layer(f"line-halo-{kind}", "line", "lines", filter=this, paint=halo),
            _layer(f"line-{kind}", "line", "lines", filter=this, paint=stroke),
        ]
    return layers


def _labels() -> list[Json]:
    halo = {"text-color": INK, "text-halo-color": "#ffffff", "text-halo-width": 1.6}
    zone = {"text-field": ["get", "label"], "text-font": FONT, "text-size": 13, "text-max-width": 8}
    parcel = {"text-field": ["get", "number"], "text-font": FONT, "text-size": 11}
    return [
        _layer("parcel-label", "symbol", "parcels", minzoom=17, layout=parcel, paint=halo),
        _layer("zone-label", "symbol", "zones", minzoom=12, layout=zone, paint=halo),
    ]


def _picked() -> list[Json]:
    """What was picked: the parcel (the viewer sets the filter) and the point."""
    thick = {"line-color": "#0d1420", "line-width": 4}
    halo = {"line-color": "#ffffff", "line-width": 8}
    none = ["==", ["id"], -1]
    point = {"circle-radius": 6, "circle-color": "#ffffff"}
    point |= {"circle-stroke-color": "#0d1420", "circle-stroke-width": 3}
    return [
        _layer("parcel-picked-halo", "line", "parcels", filter=none, paint=halo),
        _layer("parcel-picked", "line", "parcels", filter=none, paint=thick),
        {"id": "point-picked", "type": "circle", "source": "picked", "paint": point},
    ]


def _nothing() -> Json:
    return {"type": "FeatureCollection", "features": []}
