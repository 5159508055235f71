// Template messages and imagemaps: the older cards, with one look for all.

import { color, el, picture, word } from "./dom.js";
import { perform } from "./actions.js";

export function template(told, altText) {
  if (told.type === "carousel") return row(told.columns.map((one) => panel(one, told, altText)));
  if (told.type === "image_carousel") return row(told.columns.map(pictured));
  return panel(told, told, altText, told.type === "confirm");
}

const row = (cards) => el("div", { class: "carousel", role: "group", tabIndex: 0, "aria-label": word("carousel") }, ...cards);

function panel(told, whole, altText, side = false) {
  const card = el("article", { class: "template", "aria-label": altText });
  if (told.thumbnailImageUrl) card.append(thumb(told, whole));
  card.append(el("div", { class: "words" }, told.title && el("b", {}, told.title), told.text ?? ""));
  const taps = (told.actions ?? []).map((action) => el("button", { type: "button", onclick: () => perform(action) }, action.label ?? ""));
  card.append(el("div", { class: side ? "taps two" : "taps" }, ...taps));
  return card;
}

function thumb(told, whole) {
  const box = el("div", { class: `thumb ${whole.imageAspectRatio ?? ""} ${whole.imageSize ?? ""}` }, picture(told.thumbnailImageUrl));
  if (told.imageBackgroundColor) box.style.backgroundColor = color(told.imageBackgroundColor);
  return box;
}

function pictured(told) {
  const thumbnail = el("div", { class: "thumb square" }, picture(told.imageUrl));
  const tap = el("button", { type: "button", onclick: () => perform(told.action) }, told.action?.label ?? word("menu_default"));
  return el("article", { class: "template" }, thumbnail, el("div", { class: "taps" }, tap));
}

export function imagemap(message) {
  const box = el("div", { class: "imagemap", role: "group", "aria-label": message.altText }, picture(`${message.baseUrl}/1040`, message.altText));
  const wide = message.baseSize.width, high = message.baseSize.height;
  box.style.aspectRatio = `${wide} / ${high}`;
  box.append(...message.actions.map((one) => zone(one, wide, high)));
  return box;
}

function zone(told, wide, high) {
  const action = { type: told.type, label: told.label, text: told.text, uri: told.linkUri, clipboardText: told.clipboardText };
  const made = el("button", { type: "button", "aria-label": told.label ?? told.text ?? told.linkUri ?? "", onclick: () => perform(action) });
  const { x, y, width, height } = told.area;
  Object.assign(made.style, { left: `${(100 * x) / wide}%`, top: `${(100 * y) / high}%`, width: `${(100 * width) / wide}%`, height: `${(100 * height) / high}%` });
  return made;
}
