// The map page in the browser: draws the tiles, answers a tap or Enter with text from /v1/lookup.
// Data reaches the page through textContent alone, never as markup.
import { Map as GlMap, NavigationControl, ScaleControl } from "maplibre-gl";
import { drawSwatch, zoneImage } from "map-swatches";
import { answerView } from "map-answer";

const config = JSON.parse(document.getElementById("map-config").textContent);
const answer = document.getElementById("answer");
const legend = document.getElementById("legend");
const wide = matchMedia("(min-width: 52rem)").matches; // room for an open legend beside the city
const zoneStyles = new Map(config.zones.map((style) => [style.key, style]));
const lineStyles = new Map(config.lines.map((style) => [style.key, style]));

function withHost(style) {
  style.glyphs = location.origin + style.glyphs;
  for (const source of Object.values(style.sources)) {
    if (source.tiles) source.tiles = source.tiles.map((tile) => location.origin + tile);
  }
  return style;
}

function startMap() {
  const map = new GlMap({
    container: "map",
    style: withHost(config.style),
    bounds: config.bounds,
    fitBoundsOptions: { padding: wide ? { top: 24, right: 24, bottom: 24, left: 340 } : 24 },
    hash: true,
    minZoom: 8,
    maxZoom: 21,
    maxPitch: 0,
    dragRotate: false,
    pitchWithRotate: false,
    attributionControl: false,
    fadeDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 200,
    locale: config.controls,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  return map;
}

function showMessage(text) {
  const message = document.getElementById("message");
  message.querySelector("p").textContent = text;
  message.hidden = false;
}

// ---- legend: only what is in view ----------------------------------------------------------------

function keysInView(map) {
  const zones = map.queryRenderedFeatures({ layers: config.style.layers
    .filter((layer) => layer.source === "zones" && layer.type !== "symbol").map((layer) => layer.id) });
  const lines = map.queryRenderedFeatures({ layers: [...lineStyles.keys()].map((kind) => `line-${kind}`) });
  return new Set([...zones.map((f) => f.properties.style), ...lines.map((f) => f.properties.kind)]);
}

let shownKeys = "";
function showLegend(map) {
  const keys = keysInView(map);
  const styles = [...zoneStyles.values(), ...lineStyles.values()].filter((style) => keys.has(style.key));
  const now = styles.map((style) => style.key).join();
  if (now === shownKeys && !legend.hidden) return;
  shownKeys = now;
  legend.hidden = false;
  const rows = styles.map((style) => {
    const row = document.createElement("li");
    const words = document.createElement("span");
    words.textContent = style.label ? `${style.label} – ${style.words}` : style.words;
    row.append(drawSwatch(config, style, lineStyles.has(style.key)), words);
    return row;
  });
  if (!rows.length) {
    const row = document.createElement("li");
    row.textContent = config.words.nothing_here;
    rows.push(row);
  }
  legend.querySelector("ul").replaceChildren(...rows);
}

// ---- picking a place -----------------------------------------------------------------------------

function markPicked(map, place) {
  const point = { type: "Feature", properties: {}, geometry: { type: "Point", coordinates: place.toArray() } };
  map.getSource("picked").setData(point);
  markParcel(map, -1);
}

function markParcel(map, id) {
  for (const layer of ["parcel-picked-halo", "parcel-picked"]) map.setFilter(layer, ["==", ["id"], id]);
}

let asking = null;
async function pick(map, place) {
  asking?.abort();
  asking = new AbortController();
  markPicked(map, place);
  say(config.words.loading);
  const query = new URLSearchParams({ lon: place.lng.toFixed(8), lat: place.lat.toFixed(8) });
  if (config.valid_at) query.set("valid_at", config.valid_at);
  try {
    const response = await fetch(`/v1/lookup?${query}`, { signal: asking.signal, headers: { Accept: "application/json" } });
    const document_ = await response.json();
    if (!response.ok) throw new Error(document_.message?.[config.lang] ?? "");
    if (document_.parcel) markParcel(map, document_.parcel.id);
    answer.replaceChildren(answerView(config, document_), reportLink(place));
  } catch (error) {
    if (error.name === "AbortError") return;
    say(error instanceof TypeError || !error.message ? config.words.failed : `${config.words.failed} ${error.message}`);
  }
}

function reportLink(place) {
  const query = new URLSearchParams({ lon: place.lng.toFixed(6), lat: place.lat.toFixed(6) });
  if (config.lang === "en") query.set("lang", "en");
  const line = document.createElement("p");
  const link = document.createElement("a");
  link.href = `/reports/new?${query}`;
  link.textContent = config.words.report;
  line.append(link);
  return line;
}

function say(text) {
  const line = document.createElement("p");
  line.textContent = text;
  answer.replaceChildren(line);
}

function keepPlaceInLanguageLink() {
  const link = document.querySelector("a.language");
  if (link) link.hash = location.hash;
}

// ---- start ---------------------------------------------------------------------------------------

try {
  const map = startMap();
  map.setMissingStyleImageResolver((id) => {
    const style = id.startsWith(config.image) && zoneStyles.get(id.slice(config.image.length));
    if (style && !map.hasImage(id)) map.addImage(id, zoneImage(config, style), { pixelRatio: 2 });
  });
  map.on("click", (event) => pick(map, event.lngLat));
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    pick(map, map.getCenter());
  });
  map.on("idle", () => showLegend(map));
  map.on("moveend", keepPlaceInLanguageLink);
  map.on("mousemove", "parcel-fill", () => { map.getCanvas().style.cursor = "pointer"; });
  map.on("mouseleave", "parcel-fill", () => { map.getCanvas().style.cursor = ""; });
  legend.open = wide;
  document.documentElement.dataset.map = "started";
} catch (error) {
  showMessage(config.words.no_webgl);
}
