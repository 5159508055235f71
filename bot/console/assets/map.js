/* The map: our own lines and open tickets; squares from afar, marks from close. Nothing is asked of another host. */
"use strict";
(() => {
  const at = document.getElementById("map");
  if (!at || !window.L) return;
  const map = L.map(at, { attributionControl: false, zoomControl: false, minZoom: 5, maxZoom: 17, preferCanvas: false, zoomSnap: .25, zoomDelta: 1, maxBounds: [[3, 93], [23, 110]] });
  L.control.zoom({ zoomInTitle: at.dataset.zoomIn, zoomOutTitle: at.dataset.zoomOut }).addTo(map);
  const here = location.hash.slice(1).split(",").map(Number);
  if (here.length === 2 && here.every(Number.isFinite)) map.setView(here, 13); else { const [south, west, north, east] = at.dataset.own.split(",").map(Number); map.fitBounds([[south, west], [north, east]], { padding: [12, 12] }); }
  const edges = L.layerGroup().addTo(map), districts = L.layerGroup().addTo(map), squares = L.layerGroup().addTo(map);
  const marks = L.markerClusterGroup({ showCoverageOnHover: false, maxClusterRadius: 46, animate: false, iconCreateFunction: (group) => {
    const loud = Math.max(...group.getAllChildMarkers().map((one) => one.options.loud));
    return L.divIcon({ html: String(group.getChildCount()), className: "number " + tone(loud), iconSize: [38, 38] });
  } }).addTo(map);
  const tone = (loud) => loud > 1 ? "red" : loud ? "amber" : "";
  const points = (line) => {
    let lat = 0, lon = 0;
    const made = [];
    for (let i = 0; i < line.length; i += 2) { lat += line[i]; lon += line[i + 1]; made.push([lat / 1000, lon / 1000]); }
    return made;
  };
  const drawn = (lines, weight, layer) => lines.forEach((line) => L.polyline(points(line), { weight, interactive: false, className: "edge" }).addTo(layer));
  fetch("/console/map/land").then((answer) => answer.json()).then((rings) => L.polygon(rings.map(points), { weight: 1.2, fillOpacity: 1, interactive: false, className: "land" }).addTo(map).bringToBack());
  fetch("/console/map/lines").then((answer) => answer.json()).then((lines) => drawn(lines, 1.2, edges));

  const names = L.layerGroup(JSON.parse(at.dataset.names).map(([lat, lon, name]) => {
    const label = document.createElement("span");
    label.textContent = name;
    return L.marker([lat, lon], { interactive: false, keyboard: false, zIndexOffset: -9999, icon: L.divIcon({ html: label, className: "name", iconSize: null }) });
  }));

  let asked = 0;
  async function load() {
    const mine = ++asked, box = map.getBounds(), type = document.getElementById("map-type").value;
    const where = [box.getSouth(), box.getWest(), box.getNorth(), box.getEast()].map((one) => one.toFixed(4)).join(",");
    const answer = await fetch(`/console/map/tickets?box=${where}&type=${encodeURIComponent(type)}`);
    if (!answer.ok || mine !== asked) return;
    const found = await answer.json();
    if (mine !== asked) return;
    squares.clearLayers();
    marks.clearLayers();
    document.getElementById("map-more").classList.toggle("hidden", !found.more);
    (found.squares || []).forEach(([lat, lon, many, red, amber]) => {
      const half = found.side / 2, loud = red ? 2 : amber ? 1 : 0;
      L.rectangle([[lat - half, lon - half], [lat + half, lon + half]], { weight: 1, fillOpacity: Math.min(.75, .15 + Math.log10(many) / 5), className: "square " + tone(loud), interactive: false }).addTo(squares);
      const size = 24 + 9 * Math.log10(many);
      L.marker([lat, lon], { keyboard: false, icon: L.divIcon({ html: String(many), className: "number " + tone(loud), iconSize: [size, size] }) }).on("click", () => map.setView([lat, lon], map.getZoom() + 2)).addTo(squares);
    });
    marks.addLayers((found.points || []).map(([lat, lon, code, what, loud]) => {
      const link = document.createElement("a");
      link.href = "/console/tickets/" + code;
      link.textContent = what + " " + code;
      return L.marker([lat, lon], { loud, title: what + " " + code, alt: what + " " + code, icon: L.divIcon({ html: loud > 1 ? "!" : "", className: "pin " + tone(loud), iconSize: [26, 26] }) }).bindPopup(link);
    }));
    at.dataset.loaded = String((found.squares || found.points || []).length);
  }
  const asked_for = new Set();
  async function lines() {
    if (map.getZoom() < 7.5) map.removeLayer(names); else map.addLayer(names);
    if (map.getZoom() < 9) { map.removeLayer(districts); return; }
    map.addLayer(districts);
    const box = map.getBounds();
    const answer = await fetch(`/console/map/provinces?box=${[box.getSouth(), box.getWest(), box.getNorth(), box.getEast()].map((one) => one.toFixed(3)).join(",")}`);
    if (!answer.ok) return;
    for (const province of await answer.json()) {
      if (asked_for.has(province)) continue;
      asked_for.add(province);
      fetch("/console/map/lines/" + province).then((one) => one.json()).then((found) => drawn(found, .6, districts));
    }
  }
  let timer = 0;
  const soon = () => { clearTimeout(timer); timer = setTimeout(() => { load(); lines(); }, 120); };
  map.on("moveend", soon);
  at.addEventListener("moved", soon);
  document.getElementById("map-type").addEventListener("change", soon);
  load();
  lines();
})();
