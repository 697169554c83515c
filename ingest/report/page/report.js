const map = document.querySelector(".map");
if (map) {
  const svg = map.querySelector("svg");
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  const frame = svg.querySelector(".frame"), bar = frame.querySelector(".scale path"), length = frame.querySelector(".scale text");
  const metres = Number(svg.dataset.metres);
  let zoom = 1, x = 0, y = 0;
  const rule = () => {
    const most = 250 * metres / zoom, whole = 10 ** Math.floor(Math.log10(most));
    const long = [5, 2, 1].find((step) => step * whole <= most) * whole;
    const shown = long >= 1000 ? long / 1000 : Number(long.toPrecision(1));
    bar.setAttribute("d", `M0,-10V0H${long * zoom / metres}V-10`);
    length.textContent = `${String(shown).replace(".", ",")} ${long >= 1000 ? "km" : "m"}`;
    frame.setAttribute("transform", `translate(${x} ${y}) scale(${1 / zoom})`);
  };
  const show = () => {
    x = Math.min(Math.max(x, 0), width - width / zoom);
    y = Math.min(Math.max(y, 0), height - height / zoom);
    svg.setAttribute("viewBox", [x, y, width / zoom, height / zoom].join(" "));
    svg.style.setProperty("--zoom", zoom);
    rule();
  };
  const by = (factor) => {
    const next = Math.min(Math.max(zoom * factor, 1), 64);
    x += width / zoom / 2 - width / next / 2;
    y += height / zoom / 2 - height / next / 2;
    zoom = next;
    show();
  };
  const move = (dx, dy) => { x += dx * width / zoom; y += dy * height / zoom; show(); };
  const doing = {
    in: () => by(2), out: () => by(0.5), all: () => by(0),
    left: () => move(-0.25, 0), right: () => move(0.25, 0), up: () => move(0, -0.25), down: () => move(0, 0.25),
  };
  const tools = map.querySelector(".tools");
  tools.hidden = false;
  tools.addEventListener("click", (event) => doing[event.target.closest("button")?.dataset.do]?.());
  let held = null;
  svg.addEventListener("pointerdown", (event) => { if (event.pointerType === "mouse") held = [event.clientX, event.clientY]; });
  addEventListener("pointerup", () => { held = null; });
  svg.addEventListener("pointermove", (event) => {
    if (!held) return;
    move((held[0] - event.clientX) / svg.clientWidth, (held[1] - event.clientY) / svg.clientHeight);
    held = [event.clientX, event.clientY];
  });
}
