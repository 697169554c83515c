// Where the findings are and which zones change, over the published map. The lists say the same in
// words; this shows the place.
import { Map as GlMap, NavigationControl, ScaleControl } from "maplibre-gl";
import { zoneImage } from "map-swatches";

const config = JSON.parse(document.getElementById("map-config").textContent);
const nothing = { type: "FeatureCollection", features: [] };
const is = (change) => ["==", ["get", "change"], change];
const line = (id, filter, colour, width, dash) => ({ id, type: "line", source: "changes", filter,
  paint: { "line-color": colour, "line-width": width, ...(dash ? { "line-dasharray": dash } : {}) } });
// Where a reading of the CRS would put everything is a frame, not a place to look at first.
const isReading = ["==", ["slice", ["get", "code"], 0, 4], "CRS_"];
const ofLevel = ["match", ["get", "level"], ["FATAL", "ERROR"], "#a61b1b", "WARNING", "#8a4b00", "#4a5468"];

const LAYERS = [
  { id: "added-fill", type: "fill", source: "changes", filter: is("added"), paint: { "fill-color": "#0b5394", "fill-opacity": 0.2 } },
  { id: "changed-fill", type: "fill", source: "changes", filter: is("changed"), paint: { "fill-color": "#8a4b00", "fill-opacity": 0.2 } },
  line("added", is("added"), "#0b5394", 2.5),
  line("removed", is("removed"), "#a61b1b", 2.5, [3, 2]),
  line("changed", is("changed"), "#8a4b00", 2.5, [1, 1]),
  { id: "change-label", type: "symbol", source: "changes", layout: { "text-field": ["get", "symbol"], "text-font": ["be-vietnam-pro-semibold"], "text-size": 13 },
    paint: { "text-color": "#14213d", "text-halo-color": "#ffffff", "text-halo-width": 1.6 } },
  { id: "finding-area", type: "fill", source: "findings", filter: ["all", ["==", ["geometry-type"], "Polygon"], ["!", isReading]], paint: { "fill-color": ofLevel, "fill-opacity": 0.35 } },
  { id: "finding-line", type: "line", source: "findings", filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": ofLevel, "line-width": 3 } },
  { id: "finding-point", type: "circle", source: "finding-points", paint: { "circle-radius": 7, "circle-color": "#ffffff", "circle-stroke-color": ofLevel, "circle-stroke-width": 3 } },
];

// The published plan stays in the background here.
function quiet(style) {
  for (const layer of style.layers) {
    if (layer.id === "zone-fill") layer.paint["fill-opacity"] = 0.3;
    if (layer.id === "zone-label") layer.minzoom = 17;
  }
  return style;
}

function withHost(style) {
  style.glyphs = location.origin + style.glyphs;
  for (const source of Object.values(style.sources)) {
    if (source.tiles) source.tiles = source.tiles.map((tile) => location.origin + tile);
  }
  return style;
}

function positions(geometry) {
  if (geometry.type === "GeometryCollection") return geometry.geometries.flatMap(positions);
  return geometry.coordinates.flat(geometry.type === "Point" ? 0 : Infinity).reduce((all, value, i, flat) => {
    if (i % 2) all.push([flat[i - 1], value]);
    return all;
  }, []);
}

function boxOf(features) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon, lat] of features.flatMap((feature) => positions(feature.geometry))) {
    box[0] = Math.min(box[0], lon); box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon); box[3] = Math.max(box[3], lat);
  }
  return box;
}

// A small area is lost at a city's scale: every finding also has a point.
function pointOf(feature) {
  const [west, south, east, north] = boxOf([feature]);
  return { ...feature, geometry: { type: "Point", coordinates: [(west + east) / 2, (south + north) / 2] } };
}

// Each reading of the CRS puts everything somewhere else: where findings have no other place, these
// places are shown.
function partsOf(feature) {
  const parts = feature.geometry.type === "MultiPolygon" ? feature.geometry.coordinates : [];
  return parts.map((coordinates) => ({ ...feature, geometry: { type: "Polygon", coordinates } }));
}

async function findings() {
  if (!config.findings) return nothing;
  const response = await fetch(config.findings, { headers: { Accept: "application/geo+json" } });
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

function startMap(bounds) {
  const map = new GlMap({
    container: "map", style: withHost(quiet(config.style)), bounds, fitBoundsOptions: { padding: 40, maxZoom: 18 },
    minZoom: 3, maxZoom: 21, maxPitch: 0, dragRotate: false, attributionControl: false, cooperativeGestures: false,
    fadeDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 200, locale: config.controls,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  return map;
}

function showPlaces(map, places) {
  const byId = new Map(places.features.map((feature) => [String(feature.id), feature]));
  for (const link of document.querySelectorAll(".show-place")) {
    link.addEventListener("click", () => {
      const place = byId.get(link.dataset.place);
      if (place) map.fitBounds(boxOf([place]), { padding: 60, maxZoom: 19, animate: false });
    });
  }
}

try {
  const places = await findings();
  const isFrame = (feature) => feature.properties.code.startsWith("CRS_");
  let marked = places.features.filter((feature) => !isFrame(feature));
  if (!marked.length && !config.changes.features.length) marked = places.features.flatMap(partsOf);
  const all = [...marked, ...config.changes.features];
  const map = startMap(all.length ? boxOf(all) : config.bounds);
  const zoneStyles = new Map(config.zones.map((style) => [style.key, style]));
  map.setMissingStyleImageResolver((id) => {
    const style = id.startsWith(config.image) && zoneStyles.get(id.slice(config.image.length));
    if (style && !map.hasImage(id)) map.addImage(id, zoneImage(config, style), { pixelRatio: 2 });
  });
  map.on("load", () => {
    map.addSource("changes", { type: "geojson", data: config.changes });
    map.addSource("findings", { type: "geojson", data: places });
    map.addSource("finding-points", { type: "geojson", data: { ...places, features: marked.map(pointOf) } });
    for (const layer of LAYERS) map.addLayer(layer);
    document.documentElement.dataset.map = "started";
  });
  showPlaces(map, places);
} catch (error) {
  const message = document.getElementById("message");
  message.textContent = config.words.no_map;
  message.hidden = false;
}
