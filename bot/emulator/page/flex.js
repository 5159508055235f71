// Flex messages as LINE draws them: boxes are flexboxes, sizes are LINE's pixels, free values go through known units only.

import { color, el, picture, word } from "./dom.js";
import { perform } from "./actions.js";

const GAP = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const BORDER = { none: 0, light: 0.5, normal: 1, medium: 2, "semi-bold": 3, bold: 4 };
const FONT = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, "3xl": 35, "4xl": 48, "5xl": 74 };
const IMAGE = { xxs: 40, xs: 60, sm: 80, md: 100, lg: 120, xl: 140, xxl: 160, "3xl": 180, "4xl": 200, "5xl": 220 };
const SIDE = { start: "flex-start", center: "center", end: "flex-end", top: "flex-start", bottom: "flex-end" };

/** A length of LINE: a keyword of the table, pixels, or per cent. */
function size(value, table = GAP) {
  if (value === undefined || value === null) return "";
  if (value in table) return `${table[value]}px`;
  return /^-?\d+(\.\d+)?(px|%)$/.test(value) ? value : "";
}

export function flex(container, altText) {
  if (container?.type !== "carousel") return bubble(container, altText);
  const row = el("div", { class: "carousel", role: "group", tabIndex: 0, "aria-label": word("carousel") });
  row.append(...(container.contents ?? []).map((one) => bubble(one)));
  return row;
}

function bubble(told, altText) {
  const box = el("article", { class: `flex-bubble size-${told?.size ?? "mega"}`, "aria-label": altText, dir: told?.direction ?? "ltr" });
  for (const name of ["header", "hero", "body", "footer"]) if (told?.[name]) box.append(...block(told, name));
  tappable(box, told?.action);
  return box;
}

function block(told, name) {
  const style = told.styles?.[name] ?? {}, parts = [];
  if (style.separator) {
    const line = el("div", { class: "block-line" });
    line.style.background = color(style.separatorColor);
    parts.push(line);
  }
  const made = component(told[name], "vertical");
  if (name !== "hero") made.classList.add(`block-${name}`);
  if (name === "body" && told.footer) made.classList.add("has-footer");
  if (style.backgroundColor && !told[name].backgroundColor) made.style.backgroundColor = color(style.backgroundColor);
  if (name !== "hero") padding(made, told[name]);
  return [...parts, made];
}

const MAKERS = { box, text, button, image, icon, separator, filler, video };

function component(part, parent) {
  const made = (MAKERS[part?.type] ?? filler)(part ?? {}, parent);
  place(made, part ?? {}, parent);
  return made;
}

/** Where a part stands in its parent: share, margin, alignment, offsets. */
function place(made, part, parent) {
  const style = made.style;
  const flowing = parent === "vertical" ? "marginTop" : "marginInlineStart";
  if (part.margin && part.position !== "absolute") style[flowing] = size(part.margin);
  if (part.flex !== undefined) style.flex = part.flex === 0 ? "none" : `${part.flex} 0 ${parent === "vertical" ? "auto" : "0"}`;
  if (part.position === "absolute") style.position = "absolute";
  const offsets = { offsetTop: "top", offsetBottom: "bottom", offsetStart: "insetInlineStart", offsetEnd: "insetInlineEnd" };
  for (const [name, property] of Object.entries(offsets)) if (part[name]) style[property] = size(part[name]);
  if (part.gravity && parent === "horizontal") style.alignSelf = SIDE[part.gravity] ?? "";
}

function box(part) {
  const layout = ["horizontal", "baseline"].includes(part.layout) ? part.layout : "vertical";
  const made = el("div", { class: `fx-box fx-${layout}` });
  const children = (part.contents ?? []).map((one) => component(one, layout));
  children.forEach((child, at) => space(child, part, part.contents[at], layout, at));
  made.append(...children);
  dress(made, part);
  padding(made, part);
  tappable(made, part.action);
  return made;
}

function space(child, part, told, layout, at) {
  if (!at || !part.spacing || told.margin || told.position === "absolute") return;
  child.style[layout === "vertical" ? "marginTop" : "marginInlineStart"] = size(part.spacing);
}

function dress(made, part) {
  const style = made.style;
  style.backgroundColor = color(part.backgroundColor);
  if (part.borderWidth) style.border = `${size(part.borderWidth, BORDER)} solid ${color(part.borderColor) || "#00000030"}`;
  style.borderRadius = size(part.cornerRadius);
  for (const name of ["width", "maxWidth", "height", "maxHeight"]) if (part[name]) style[name] = size(part[name]);
  if (part.width && part.flex === undefined) style.flex = "none";
  if (part.justifyContent) style.justifyContent = part.justifyContent;
  if (part.alignItems) style.alignItems = part.alignItems;
  const paint = part.background;
  if (paint?.type === "linearGradient" && /^\d+(\.\d+)?deg$/.test(paint.angle ?? "")) {
    const middle = paint.centerColor ? `, ${color(paint.centerColor)} ${/^\d+%$/.test(paint.centerPosition) ? paint.centerPosition : "50%"}` : "";
    style.backgroundImage = `linear-gradient(${paint.angle}, ${color(paint.startColor)}${middle}, ${color(paint.endColor)})`;
  }
}

function padding(made, part) {
  const sides = { paddingAll: "padding", paddingTop: "paddingTop", paddingBottom: "paddingBottom", paddingStart: "paddingInlineStart", paddingEnd: "paddingInlineEnd" };
  for (const [name, property] of Object.entries(sides)) if (part[name] !== undefined) made.style[property] = size(part[name]);
}

function text(part) {
  const made = el("p", { class: part.wrap ? "fx-text wrap" : "fx-text" });
  letters(made, part);
  if (part.contents?.length) made.append(...part.contents.map((span) => letters(el("span"), span)));
  else made.textContent = part.text ?? "";
  made.style.textAlign = part.align ?? "";
  if (part.lineSpacing) made.style.lineHeight = `calc(1.45em + ${size(part.lineSpacing)})`;
  if (part.maxLines && part.wrap) {
    made.classList.add("clamped");
    made.style.webkitLineClamp = part.maxLines;
  }
  tappable(made, part.action);
  return made;
}

const DECORATION = { underline: "underline", "line-through": "line-through" };

function letters(made, part) {
  if (made.tagName === "SPAN") made.textContent = part.text ?? "";
  const style = made.style;
  if (part.size) style.fontSize = size(part.size, FONT);
  style.color = color(part.color);
  if (part.weight === "bold") style.fontWeight = "700";
  if (part.style === "italic") style.fontStyle = "italic";
  if (part.decoration) style.textDecoration = DECORATION[part.decoration] ?? "none";
  return made;
}

function button(part) {
  const kind = part.style ?? "link";
  const made = el("button", { type: "button", class: `fx-button ${kind} ${part.height ?? "md"}`, onclick: () => perform(part.action) }, part.action?.label ?? "");
  if (part.color) made.style[kind === "link" ? "color" : "backgroundColor"] = color(part.color);
  return made;
}

function image(part, parent) {
  const made = el("div", { class: part.aspectMode === "cover" ? "fx-image cover" : "fx-image" });
  const wide = part.size === "full" ? "100%" : size(part.size ?? "md", IMAGE);
  made.style.width = wide;
  made.style.aspectRatio = /^[\d.]+:[\d.]+$/.test(part.aspectRatio ?? "") ? part.aspectRatio.replace(":", " / ") : "1";
  made.style.backgroundColor = color(part.backgroundColor);
  if (parent === "vertical") made.style.alignSelf = SIDE[part.align ?? "center"];
  made.append(picture(part.url));
  tappable(made, part.action);
  return made;
}

function icon(part) {
  const made = picture(part.url);
  made.classList.add("fx-icon");
  made.style.height = size(part.size ?? "md", FONT);
  return made;
}

function video(part, parent) {
  return component(part.altContent ?? { type: "image", url: part.previewUrl, size: "full", aspectRatio: part.aspectRatio }, parent);
}

function separator(part) {
  const made = el("div", { class: "fx-separator", role: "presentation" });
  if (part.color) made.style.background = color(part.color);
  return made;
}

function filler() {
  return el("div", { class: "fx-filler" });
}

/** A box, text or picture that can be tapped is a button for the keyboard too. */
function tappable(made, action) {
  if (!action) return;
  made.classList.add("fx-tap");
  made.tabIndex = 0;
  made.setAttribute("role", "button");
  if (action.label) made.setAttribute("aria-label", action.label);
  const go = (event) => { event.stopPropagation(); perform(action); };
  made.addEventListener("click", go);
  made.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); go(event); } });
}
