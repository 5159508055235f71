// Where people write: words, attachments, stickers, the rich menu, and the quick replies above them.

import { $, el, icon, toast, word } from "./dom.js";
import { perform } from "./actions.js";
import { pickFiles, sendSamples } from "./files.js";
import { openMap } from "./map.js";
import { act, group, me, quickReplies, state } from "./state.js";

let editing = null;
let menu = null; // the rich menu of this person
let opened = false;
let typing = true;

// --- words -----------------------------------------------------------------------------------------------------------

async function send(event) {
  event?.preventDefault();
  const field = $("words"), text = field.value.trim();
  if (!text || me()?.blocked) return;
  field.value = "";
  grow();
  try {
    if (editing) await act("edit", { message: editing.id, text });
    else await act("text", { text, quotes: state.quoted?.id ?? "" });
  } catch (problem) {
    field.value = text;
    toast(word("failed", { why: problem.message }));
  }
  editing = null;
  quote(null);
}

function grow() {
  const field = $("words");
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 2, 130)}px`;
}

export function quote(bubble) {
  state.quoted = bubble;
  $("quote").hidden = !bubble;
  $("quote-text").textContent = bubble ? bubble.message.text ?? bubble.message.altText ?? bubble.message.type : "";
  if (bubble) $("words").focus();
}

function edit(bubble) {
  editing = bubble;
  $("words").value = bubble.message.text;
  $("words").focus();
  grow();
}

// --- quick replies ---------------------------------------------------------------------------------------------------

const SIGNS = { location: "pin", camera: "camera", cameraRoll: "photo" };

export function drawQuick() {
  const items = quickReplies();
  $("quick").hidden = !items.length;
  $("quick").replaceChildren(...items.map((item) => pill(item.action)));
  $("quick").scrollLeft = 0;
}

function pill(action) {
  const sign = SIGNS[action.type];
  return el("button", { type: "button", onclick: () => perform(action, true) }, sign ? icon(sign) : null, action.label ?? "");
}

// --- rich menu -------------------------------------------------------------------------------------------------------

/** Fetches this person's menu anew: it can change with every push of the bot. */
export async function loadMenu() {
  const before = menu?.richMenuId;
  menu = state.room ? null : (await fetch(`page/menu/${state.me}`).then((answer) => answer.json())).menu;
  if (menu?.richMenuId !== before) {
    opened = Boolean(menu?.selected);
    typing = !opened;
  }
  drawMenu();
}

function drawMenu() {
  const shown = Boolean(menu) && !state.pc;
  $("menu").hidden = !(shown && opened && !typing);
  $("menu-toggle").hidden = !shown;
  $("menu-toggle").replaceChildren(icon(typing ? "menu" : "keys"));
  $("menu-toggle").setAttribute("aria-expanded", String(shown && opened && !typing));
  $("menu-bar").hidden = !(shown && !typing);
  $("menu-bar").textContent = `${menu?.chatBarText ?? word("menu_default")} ${opened ? "▾" : "▴"}`;
  $("composer").classList.toggle("by-menu", shown && !typing);
  if (shown) drawAreas();
  $("scroll").scrollTop = $("scroll").scrollHeight;
}

function drawAreas() {
  const { width, height } = menu.size, box = $("menu-image");
  if (box.dataset.menu === menu.richMenuId) return;
  box.dataset.menu = menu.richMenuId;
  const image = el("img", { src: `page/menu-image/${menu.richMenuId}`, alt: menu.chatBarText });
  box.style.aspectRatio = `${width} / ${height}`;
  box.replaceChildren(image, ...menu.areas.map((area) => zone(area, width, height)));
}

function zone({ bounds, action }, width, height) {
  const made = el("button", { type: "button", "aria-label": action.label ?? action.displayText ?? action.text ?? action.uri ?? action.data ?? "", onclick: () => perform(action) });
  const share = (part, whole) => `${(100 * part) / whole}%`;
  Object.assign(made.style, { left: share(bounds.x, width), top: share(bounds.y, height), width: share(bounds.width, width), height: share(bounds.height, height) });
  return made;
}

function keyboard(on) {
  typing = on;
  if (!on) opened = true;
  drawMenu();
  if (on) $("words").focus();
}

// --- attachments -----------------------------------------------------------------------------------------------------

const ATTACH = { location: openMap, sample: sendSamples };

function attach(kind) {
  $("attach-sheet").close();
  (ATTACH[kind] ?? pickFiles)(kind);
}

export function drawStickers(all) {
  const choose = (one) => {
    $("sticker-sheet").close();
    act("sticker", { package: one.package, sticker: one.sticker, keywords: one.keywords }).catch((problem) => toast(word("failed", { why: problem.message })));
  };
  $("sticker-list").replaceChildren(...all.map((one) => el("button", { type: "button", "aria-label": one.name, onclick: () => choose(one) }, one.face)));
}

/** Nobody writes to an account that they blocked. */
export function drawComposer() {
  const closed = Boolean(!group() && me()?.blocked);
  $("composer").classList.toggle("closed", closed);
  for (const part of $("composer").elements) part.disabled = closed;
}

export function startComposer() {
  $("composer").onsubmit = send;
  $("words").oninput = grow;
  $("words").onkeydown = (event) => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event); };
  $("quote-off").onclick = () => quote(null);
  $("attach").onclick = () => $("attach-sheet").showModal();
  $("stickers").onclick = () => $("sticker-sheet").showModal();
  $("mention").onclick = () => { $("words").value = `@${state.bot.name} ${$("words").value}`; $("words").focus(); };
  $("attach-sheet").addEventListener("click", (event) => { const tile = event.target.closest("[data-attach]"); if (tile) attach(tile.dataset.attach); });
  $("menu-toggle").onclick = () => keyboard(!typing);
  $("menu-bar").onclick = () => { opened = !opened; drawMenu(); };
  $("house").addEventListener("keyboard", () => keyboard(true));
  $("house").addEventListener("richmenu", (event) => { opened = event.detail; typing = false; drawMenu(); });
  $("house").addEventListener("quote", (event) => quote(event.detail));
  $("house").addEventListener("edit", (event) => edit(event.detail));
}
