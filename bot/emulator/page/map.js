// The location picker: an outline of Thailand that can be moved, zoomed and tapped, without any tile server.

import { $, el, toast, word } from "./dom.js";
import { act } from "./state.js";

const WHOLE = { lat: 13.1, lon: 101.5, high: 15.6, wide: 8.6 }; // Thailand, in degrees
const NEAR = 900;
let drawing = null; // the outline, once loaded
let loading = null;
let places = [];
let view = null; // lat, lon, zoom (pixels a degree)
let pin = null;

/** Fetches the outline and the example places once. */
function load() {
  loading ??= Promise.all([fetch("page/map.json"), fetch("page/places.json")])
    .then((answers) => Promise.all(answers.map((answer) => answer.json())))
    .then(([outline, examples]) => {
      drawing = { ...outline, land: outline.land.map(points), borders: outline.borders.map(points) };
      places = examples;
    });
  return loading;
}

/** Thousandths of a degree, as steps → degrees. */
function points(steps) {
  const line = new Float64Array(steps.length);
  let lon = 0, lat = 0;
  for (let at = 0; at < steps.length; at += 2) {
    lon += steps[at];
    lat += steps[at + 1];
    line[at] = lon / 1000;
    line[at + 1] = lat / 1000;
  }
  return line;
}

const squeeze = (lat) => Math.cos((lat * Math.PI) / 180);

class Sheet {
  constructor(canvas, seen, ratio) {
    Object.assign(this, { pen: canvas.getContext("2d"), wide: canvas.width / ratio, high: canvas.height / ratio, seen, flat: squeeze(seen.lat) });
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  x(lon) { return this.wide / 2 + (lon - this.seen.lon) * this.seen.zoom * this.flat; }

  y(lat) { return this.high / 2 - (lat - this.seen.lat) * this.seen.zoom; }

  trace(line) {
    for (let at = 0; at < line.length; at += 2) this.pen.lineTo(this.x(line[at]), this.y(line[at + 1]));
  }

  land() {
    const { pen } = this;
    pen.fillStyle = "#cfe3f1";
    pen.fillRect(0, 0, this.wide, this.high);
    pen.beginPath();
    for (const line of drawing.land) { pen.moveTo(this.x(line[0]), this.y(line[1])); this.trace(line); pen.closePath(); }
    pen.fillStyle = "#f7f4ec";
    pen.fill("evenodd");
    pen.strokeStyle = "#8c9bab";
    pen.lineWidth = 1;
    pen.stroke();
    pen.beginPath();
    for (const line of drawing.borders) { pen.moveTo(this.x(line[0]), this.y(line[1])); this.trace(line); }
    pen.strokeStyle = "#b9ad95";
    pen.stroke();
  }

  /** Names, important ones first, none over another. */
  names(spared = []) {
    const { pen } = this, taken = spared.map(({ lat, lon }) => ({ x: this.x(lon), y: this.y(lat) - 14, half: 14 })), finest = this.seen.zoom > 260 ? 2 : 1;
    pen.textAlign = "center";
    pen.lineJoin = "round";
    for (let level = 1; level <= finest; level++) for (const [name, lat, lon, rank] of drawing.labels) if (rank === level) this.name(name, this.x(lon), this.y(lat), level, taken);
  }

  name(name, x, y, level, taken) {
    if (x < -50 || y < -20 || x > this.wide + 50 || y > this.high + 20) return;
    const { pen } = this;
    pen.font = level === 1 ? "600 13px Sarabun, sans-serif" : "400 12px Sarabun, sans-serif";
    const half = pen.measureText(name).width / 2 + 5;
    if (taken.some((one) => Math.abs(one.x - x) < one.half + half && Math.abs(one.y - y) < 18)) return;
    taken.push({ x, y, half });
    pen.fillStyle = level === 1 ? "#5b4a24" : "#6b6250";
    pen.beginPath();
    pen.arc(x, y, level === 1 ? 2.5 : 1.5, 0, 7);
    pen.fill();
    pen.strokeStyle = "#f7f4ec";
    pen.lineWidth = 3;
    pen.strokeText(name, x, y - 6);
    pen.fillText(name, x, y - 6);
  }

  mark(lat, lon) {
    const { pen } = this, x = this.x(lon), y = this.y(lat);
    pen.fillStyle = "#c62828";
    pen.beginPath();
    pen.moveTo(x, y);
    pen.bezierCurveTo(x - 4, y - 12, x - 12, y - 16, x - 12, y - 25);
    pen.arc(x, y - 25, 12, Math.PI, 0);
    pen.bezierCurveTo(x + 12, y - 16, x + 4, y - 12, x, y);
    pen.fill();
    pen.fillStyle = "#fff";
    pen.beginPath();
    pen.arc(x, y - 25, 4.5, 0, 7);
    pen.fill();
  }

  /** How long a bar of about 80 pixels is. */
  scale() {
    const { pen } = this, km = [200, 100, 50, 20, 10, 5, 2, 1].find((one) => (one / 111) * this.seen.zoom < 110) ?? 1;
    const long = (km / 111) * this.seen.zoom, y = 26;
    pen.fillStyle = "#ffffffd8";
    pen.fillRect(6, y - 22, long + 12, 28);
    pen.fillStyle = pen.strokeStyle = "#33414e";
    pen.lineWidth = 2;
    pen.beginPath();
    pen.moveTo(12, y - 5); pen.lineTo(12, y); pen.lineTo(12 + long, y); pen.lineTo(12 + long, y - 5);
    pen.stroke();
    pen.textAlign = "left";
    pen.font = "600 12px Sarabun, sans-serif";
    pen.fillText(`${km} km`, 16, y - 8);
  }
}

/** The small map of a bubble. */
export function drawPlace(canvas, lat, lon) {
  load().then(() => {
    const sheet = new Sheet(canvas, { lat: lat + 0.06, lon, zoom: 300 }, 2);
    sheet.land();
    sheet.names([{ lat, lon }]);
    sheet.mark(lat, lon);
  });
}

function draw() {
  const canvas = $("map"), ratio = window.devicePixelRatio || 1, room = canvas.getBoundingClientRect();
  if (!drawing || !room.width) return;
  view ??= { lat: WHOLE.lat, lon: WHOLE.lon, zoom: Math.min(room.height / WHOLE.high, room.width / WHOLE.wide) };
  canvas.width = room.width * ratio;
  canvas.height = room.height * ratio;
  const sheet = new Sheet(canvas, view, ratio);
  sheet.land();
  sheet.names(pin ? [pin] : []);
  sheet.scale();
  if (pin) sheet.mark(pin.lat, pin.lon);
}

function put(lat, lon) {
  pin = { lat, lon };
  $("map-lat").value = lat.toFixed(5);
  $("map-lon").value = lon.toFixed(5);
  draw();
}

function goTo(lat, lon, zoom = Math.max(view?.zoom ?? 0, NEAR)) {
  view = { lat, lon, zoom };
  put(lat, lon);
}

function zoomBy(by, x, y) {
  const room = $("map").getBoundingClientRect();
  const [dx, dy] = [(x ?? room.width / 2) - room.width / 2, (y ?? room.height / 2) - room.height / 2];
  const zoom = Math.min(20_000, Math.max(12, view.zoom * by)), flat = squeeze(view.lat);
  view.lon += (dx / flat) * (1 / view.zoom - 1 / zoom);
  view.lat -= dy * (1 / view.zoom - 1 / zoom);
  view.zoom = zoom;
  draw();
}

function moveBy(dx, dy) {
  view.lon -= dx / view.zoom / squeeze(view.lat);
  view.lat = Math.min(22, Math.max(4, view.lat + dy / view.zoom));
  draw();
}

export async function openMap() {
  $("map-sheet").showModal();
  await load();
  $("map-credit").textContent = drawing.credit;
  if (!$("map-places").childElementCount) {
    $("map-places").append(...places.map((one) => el("button", { type: "button", onclick: () => goTo(one.lat, one.lon, NEAR) }, one.name)));
    $("map-names").append(...[...places.map((one) => one.name), ...drawing.labels.map((one) => one[0])].map((name) => el("option", { value: name })));
  }
  draw();
}

async function find() {
  await load();
  const wanted = $("map-find").value.trim();
  const place = places.find((one) => one.name === wanted);
  const label = drawing.labels.find((one) => one[0] === wanted);
  if (place) goTo(place.lat, place.lon, NEAR);
  else if (label) goTo(label[1], label[2], label[3] === 1 ? 500 : NEAR);
}

async function send(event) {
  event.preventDefault();
  const [lat, lon] = [Number($("map-lat").value), Number($("map-lon").value)];
  if (!Number.isFinite(lat) || !Number.isFinite(lon)) return toast(word("too_far"));
  $("map-sheet").close();
  await act("pin", { lat, lon, address: $("map-address").value.trim() }).catch((problem) => toast(word("failed", { why: problem.message })));
  $("map-address").value = "";
}

function typed() {
  const [lat, lon] = [Number($("map-lat").value), Number($("map-lon").value)];
  if ($("map-lat").value && $("map-lon").value && Math.abs(lat) <= 90 && Math.abs(lon) <= 180) {
    view = { lat, lon, zoom: Math.max(view?.zoom ?? 0, NEAR) };
    pin = { lat, lon };
    draw();
  }
}

/** Fingers and mouse: one moves, two zoom, a short touch sets the pin. */
function hands(canvas) {
  const fingers = new Map();
  let moved = 0, apart = 0;
  const spread = () => { const [a, b] = [...fingers.values()]; return Math.hypot(a.x - b.x, a.y - b.y); };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    if (fingers.size === 1) moved = 0;
    else apart = spread();
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const [dx, dy] = [event.offsetX - before.x, event.offsetY - before.y];
    moved += Math.abs(dx) + Math.abs(dy);
    fingers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    if (fingers.size === 2) { const now = spread(); zoomBy(now / apart); apart = now; } else moveBy(dx, dy);
  });
  canvas.addEventListener("pointerup", (event) => {
    if (fingers.size === 1 && moved < 8) touch(event.offsetX, event.offsetY);
    fingers.delete(event.pointerId);
  });
  canvas.addEventListener("pointercancel", (event) => fingers.delete(event.pointerId));
  canvas.addEventListener("wheel", (event) => { event.preventDefault(); zoomBy(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY); }, { passive: false });
  canvas.addEventListener("keydown", keys);
}

function touch(x, y) {
  const room = $("map").getBoundingClientRect();
  put(view.lat - (y - room.height / 2) / view.zoom, view.lon + (x - room.width / 2) / view.zoom / squeeze(view.lat));
}

const STEPS = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };

function keys(event) {
  if (event.key in STEPS) moveBy(...STEPS[event.key]);
  else if (event.key === "+" || event.key === "=") zoomBy(1.5);
  else if (event.key === "-") zoomBy(1 / 1.5);
  else if (event.key === " ") put(view.lat, view.lon);
  else return;
  event.preventDefault();
}

export function startMap() {
  hands($("map"));
  $("map-in").onclick = () => zoomBy(1.6);
  $("map-out").onclick = () => zoomBy(1 / 1.6);
  $("map-find").onchange = find;
  $("map-find").oninput = find;
  $("map-lat").onchange = $("map-lon").onchange = typed;
  $("map-form").onsubmit = send;
  $("map-cancel").onclick = () => $("map-sheet").close();
  new ResizeObserver(draw).observe($("map"));
}
