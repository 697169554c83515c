// Zone styles on a canvas: fill and hatch from the same data as the SVG drawings and the print.

function paintTile(config, style, context) {
  const hatch = config.hatches[style.hatch];
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, hatch.size, hatch.size);
  context.globalAlpha = config.fill_opacity;
  context.fillStyle = style.fill;
  context.fillRect(0, 0, hatch.size, hatch.size);
  context.globalAlpha = config.ink_opacity;
  context.strokeStyle = config.ink;
  context.lineWidth = hatch.width;
  if (hatch.path) context.stroke(new Path2D(hatch.path));
}

// One repeating tile at twice its size, for MapLibre's addImage with pixelRatio 2.
export function zoneImage(config, style) {
  const size = config.hatches[style.hatch].size * 2;
  const context = canvas(size, size).getContext("2d");
  context.scale(2, 2);
  paintTile(config, style, context);
  return context.getImageData(0, 0, size, size);
}

// A legend's little box: a zone's fill and hatch, or a piece of line.
export function drawSwatch(config, style, isLine) {
  const box = canvas(64, 40);
  box.setAttribute("aria-hidden", "true");
  const context = box.getContext("2d");
  if (style.fill) {
    const tile = canvas(config.hatches[style.hatch].size * 2, config.hatches[style.hatch].size * 2);
    const inside = tile.getContext("2d");
    inside.scale(2, 2);
    paintTile(config, style, inside);
    context.fillStyle = context.createPattern(tile, "repeat");
    context.fillRect(0, 0, 64, 40);
  }
  context.scale(2, 2);
  context.strokeStyle = style.outline;
  context.lineWidth = style.width;
  context.setLineDash(style.dash);
  context.stroke(new Path2D(isLine ? "M0,10H32" : "M1,1H31V19H1Z"));
  return box;
}

function canvas(width, height) {
  const made = document.createElement("canvas");
  made.width = width;
  made.height = height;
  return made;
}
