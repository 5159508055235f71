// Building blocks: elements without markup strings (what people and the bot write never becomes HTML), words, addresses.

export const $ = (id) => document.getElementById(id);

/** An element with properties, attributes (aria-…, data-…, role) and children; strings become text. */
export function el(tag, about = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(about)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else if (name in made && !name.startsWith("aria")) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const drawn = document.createElementNS(space, "svg");
  drawn.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `page/icons.svg#${name}`);
  drawn.append(use);
  return drawn;
}

/** A sentence of the page, from the template in index.html; {name} is replaced. */
export function word(key, values = {}) {
  const found = $("sentences").content.querySelector(`[data-word="${key}"]`);
  return (found ? found.textContent : key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

const two = (number) => String(number).padStart(2, "0");
export const clock = (ms) => { const at = new Date(ms); return `${two(at.getHours())}:${two(at.getMinutes())}`; };
export const seconds = (ms) => `${clock(ms)}:${two(new Date(ms).getSeconds())}`;
export const dayOf = (ms) => new Date(ms).toDateString();
export function dayName(ms) {
  if (dayOf(ms) === dayOf(Date.now())) return word("today");
  return new Date(ms).toLocaleDateString("th-TH", { day: "numeric", month: "short", year: "numeric" });
}

/** An address of the bot on this very machine is reached here, whatever scheme the bot had to write for LINE. */
export function here(url) {
  let read;
  try { read = new URL(url); } catch { return ""; }
  const local = ["localhost", "127.0.0.1", "[::1]"];
  const same = read.host === location.host || (local.includes(read.hostname) && local.includes(location.hostname) && read.port === location.port);
  return same ? location.origin + read.pathname + read.search + read.hash : "";
}

/** A picture of the bot; what lies on other machines is not loaded, and says so. */
export function picture(url, alt = "") {
  const address = here(url);
  if (!address) return el("span", { class: "outside", title: url }, word("outside"));
  return el("img", { src: address, alt, loading: "lazy" });
}

let toastTimer;
export function toast(text) {
  const box = $("toast");
  box.textContent = text;
  box.classList.add("shown");
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => box.classList.remove("shown"), 4200);
}

/** A list to choose from, as a sheet. Gives the chosen value, or null. */
export function choose(title, options) {
  const sheet = $("choice-sheet");
  $("choice-title").textContent = title;
  return new Promise((resolve) => {
    const pick = (value) => { sheet.onclose = null; sheet.close(); resolve(value); };
    $("choices").replaceChildren(...options.map((one) => el("button", { type: "button", class: one.danger ? "danger" : "", onclick: () => pick(one.value) }, one.label)));
    sheet.onclose = () => resolve(null);
    sheet.showModal();
  });
}

/** Colours by name are not LINE's: only #RRGGBB and #RRGGBBAA come through. */
export const color = (value) => (/^#([0-9a-f]{6}|[0-9a-f]{8})$/i.test(value ?? "") ? value : "");
