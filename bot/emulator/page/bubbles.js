// The chat itself: one bubble after the other, with time, read mark, sender and what it answers.

import { $, clock, dayName, dayOf, el, icon, picture, toast, word } from "./dom.js";
import { hasActs, messageActs } from "./actions.js";
import { drawPlace } from "./map.js";
import { flex } from "./flex.js";
import { imagemap, template } from "./templates.js";
import { bubbleById, chat, nameOf, state } from "./state.js";
import { face } from "./people.js";

const LINKS = /(https?:\/\/[^\s<>"]+)|(\b0\d{1,2}[- ]?\d{3}[- ]?\d{3,4}\b)/g;
const WIDE = ["flex", "template", "imagemap"];

export function drawChat() {
  $("bubbles").replaceChildren();
  let before = null;
  if (!chat().bubbles.length) $("bubbles").append(welcome());
  for (const one of chat().bubbles) before = append(one, before);
  drawLoading();
  toEnd();
}

/** An empty room: who is at the other end, and how to begin. */
function welcome() {
  const who = face({ name: state.bot.name, color: "#06703a" });
  return el("li", { class: "welcome" }, who, el("b", {}, state.bot.name), el("span", {}, state.bot.status ?? ""), el("span", {}, word(state.room ? "hello_group" : "hello")));
}

export function addBubble(one) {
  $("bubbles").querySelector(".welcome")?.remove();
  $("bubbles").querySelector(".loading")?.remove();
  const all = chat().bubbles;
  append(one, all[all.length - 2] ?? null);
  drawLoading();
  toEnd();
}

export function changeBubble(one) {
  const row = $("bubbles").querySelector(`[data-id="${one.id}"]`);
  if (row) row.replaceWith(turn(one, null));
}

export function markRead(ids) {
  for (const id of ids) {
    const stamp = $("bubbles").querySelector(`[data-id="${id}"] .stamp`);
    if (stamp && !stamp.querySelector(".read")) stamp.prepend(el("span", { class: "read" }, word("read")));
  }
}

function append(one, before) {
  if (!before || dayOf(before.at) !== dayOf(one.at)) $("bubbles").append(el("li", { class: "day" }, dayName(one.at)));
  $("bubbles").append(turn(one, before));
  return one;
}

function toEnd() {
  const box = $("scroll");
  requestAnimationFrame(() => { box.scrollTop = box.scrollHeight; });
}

function turn(one, before) {
  if (one.by === "line") return el("li", { class: "note" }, word(`note.${one.message.what}`, { bot: state.bot.name }));
  const mine = one.by === state.me;
  const follows = before && before.by === one.by && one.at - before.at < 60_000;
  const row = el("li", { class: `turn${mine ? " mine" : ""}${follows ? " follows" : ""}${WIDE.includes(one.message.type) ? " wide" : ""}`, "data-id": one.id });
  if (!mine) row.append(face(one.by === "bot" ? { name: state.bot.name, color: "#06703a" } : state.people.get(one.by)));
  const said = el("div", { class: "said" });
  if (!mine && !follows) said.append(el("span", { class: "name" }, one.message.sender?.name ?? nameOf(one.by)));
  said.append(el("div", { class: "row" }, one.unsent ? gone() : body(one), stamp(one, mine), acts(one)));
  row.append(said);
  return row;
}

const gone = () => el("div", { class: "bubble gone" }, word("unsent"));

function stamp(one, mine) {
  const parts = [];
  if (mine && one.read) parts.push(el("span", { class: "read" }, word("read")));
  if (one.edited) parts.push(el("span", {}, word("edited")));
  parts.push(el("span", { title: one.by === "bot" && !one.free ? word("push") : undefined }, clock(one.at)));
  return el("div", { class: "stamp" }, ...parts);
}

function acts(one) {
  if (!hasActs(one)) return null;
  const open = () => messageActs(one).catch((problem) => toast(word("failed", { why: problem.message })));
  return el("button", { type: "button", class: "icon acts", "aria-label": word("more_of", { time: clock(one.at) }), onclick: open }, icon("dots"));
}

const BODIES = {
  text: (one) => spoken(one, one.message.text),
  textV2: (one) => spoken(one, filled(one.message)),
  image: (one) => photo(one),
  video: (one) => moving(one, "video"),
  audio: (one) => moving(one, "audio"),
  file: (one) => download(one),
  location: (one) => placed(one.message),
  sticker: (one) => el("div", { class: "sticker", role: "img", "aria-label": word("sticker", { word: one.message.keywords?.[0] ?? "" }) }, stickerFace(one.message)),
  flex: (one) => flex(one.message.contents, one.message.altText),
  template: (one) => template(one.message.template, one.message.altText),
  imagemap: (one) => imagemap(one.message),
};

function body(one) {
  const make = BODIES[one.message.type];
  return make ? make(one) : el("div", { class: "bubble" }, word("unknown", { type: one.message.type }));
}

function spoken(one, words) {
  const box = el("div", { class: "bubble" });
  const quoted = quotedWords(one);
  if (quoted) box.append(el("span", { class: "quoted" }, quoted));
  box.append(...linked(words));
  return box;
}

function quotedWords(one) {
  const { quotedMessageId, quoteToken } = one.message;
  const first = quotedMessageId ? bubbleById(quotedMessageId) : quoteToken && chat().bubbles.find((other) => other.quote_token === quoteToken);
  return first ? `${nameOf(first.by)}\n${first.message.text ?? first.message.altText ?? first.message.type}` : "";
}

/** Addresses and phone numbers become links, and "@bot" stands out; all of it stays text. */
function linked(words) {
  const parts = [];
  let at = 0;
  for (const found of words.matchAll(LINKS)) {
    parts.push(...mentioned(words.slice(at, found.index)));
    parts.push(link(found[0], Boolean(found[2])));
    at = found.index + found[0].length;
  }
  return [...parts, ...mentioned(words.slice(at))];
}

function link(text, phone) {
  if (!phone) return el("a", { href: text, target: "_blank", rel: "noopener noreferrer" }, text);
  const call = (event) => { event.preventDefault(); toast(word("calling", { number: text })); };
  return el("a", { href: `tel:${text.replace(/\D/g, "")}`, onclick: call }, text);
}

function mentioned(words) {
  const name = `@${state.bot.name}`, at = state.room ? words.indexOf(name) : -1;
  if (at < 0) return words ? [words] : [];
  return [words.slice(0, at), el("span", { class: "mentioned" }, name), words.slice(at + name.length)];
}

/** textV2: {key} stands for a mention or an emoji, doubled braces for themselves. */
function filled(message) {
  const told = (key) => {
    const one = message.substitution?.[key];
    if (one?.type === "mention") return `@${one.mentionee.type === "all" ? "All" : nameOf(one.mentionee.userId)}`;
    return one ? "☺" : `{${key}}`;
  };
  return message.text.replace(/\{\{|\}\}|\{([^{}]*)\}/g, (found, key) => (key === undefined ? found[0] : told(key)));
}

const uploaded = (one) => (one.by === "bot" ? "" : `page/content/${one.message.id ?? one.id}`);

function photo(one) {
  const alt = word("photo_of", { name: nameOf(one.by) });
  const shown = one.by === "bot" ? picture(one.message.previewImageUrl, alt) : el("img", { src: uploaded(one), alt });
  const large = () => {
    $("photo-large").src = shown.src ?? "";
    $("photo-large").alt = alt;
    $("photo-sheet").showModal();
  };
  return shown.tagName === "IMG" ? el("button", { type: "button", class: "picture", onclick: large }, shown) : shown;
}

function moving(one, kind) {
  const made = el(kind, { class: "moving", controls: true, preload: "metadata", "aria-label": word(kind === "video" ? "video" : "sound") });
  if (one.by === "bot") return picture(one.message.previewImageUrl ?? one.message.originalContentUrl);
  made.src = uploaded(one);
  return made;
}

function download(one) {
  return el("div", { class: "bubble" }, el("a", { class: "attached", href: uploaded(one), download: one.message.fileName }, icon("file"), one.message.fileName || word("file")));
}

function placed(message) {
  const canvas = el("canvas", { width: 460, height: 220, "aria-hidden": "true" });
  drawPlace(canvas, message.latitude, message.longitude);
  const where = `${message.latitude.toFixed(5)}, ${message.longitude.toFixed(5)}`;
  return el("div", { class: "placed" }, canvas, el("span", {}, el("b", {}, message.title || word("location")), message.address || where));
}

let faces = new Map();
export const knowStickers = (all) => { faces = new Map(all.map((one) => [one.sticker, one.face])); };
const stickerFace = (message) => faces.get(message.stickerId) ?? "🙂";

export function drawLoading() {
  $("bubbles").querySelector(".loading")?.remove();
  const left = chat().loadingUntil - Date.now();
  if (left <= 0 || state.pc) return;
  const dots = el("div", { class: "bubble typing-dots", role: "img", "aria-label": word("typing") }, el("i"), el("i"), el("i"));
  $("bubbles").append(el("li", { class: "turn loading" }, face({ name: state.bot.name, color: "#06703a" }), dots));
  toEnd();
  setTimeout(() => { if (chat().loadingUntil <= Date.now()) drawLoading(); }, left + 20);
}
