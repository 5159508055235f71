// Who one can be, and the groups: the list on the left, the bar above the chat, the banner below it.

import { $, choose, clock, el, toast, word } from "./dom.js";
import { act, chat, group, me, state } from "./state.js";

export function face(who, square = false) {
  const made = el("span", { class: square ? "face group" : "face", "aria-hidden": "true" }, [...(who?.name ?? "?").replace(/^[เแโใไ]/u, "")][0] ?? "?");
  made.style.background = who?.color ?? "#5b6b7b";
  return made;
}

export function drawPeople(go) {
  $("people-list").replaceChildren(...[...state.people.values()].map((one) => room(one, one.id, one.hint, !state.room && state.me === one.id, () => go(one.id, ""))));
  $("group-list").replaceChildren(...[...state.groups.values()].map((one) => room(one, one.id, word("group", { count: one.members.length }), state.room === one.id, () => go(speaker(one), one.id), true)));
}

const speaker = (one) => (one.members.includes(state.me) ? state.me : one.members[0]);

function room(one, id, hint, current, open, square = false) {
  const { bubbles, seen } = chat(id);
  const last = bubbles.findLast((bubble) => bubble.by !== "line");
  const unread = current ? 0 : bubbles.slice(seen).filter((bubble) => bubble.by === "bot").length;
  const about = last ? `${clock(last.at)} ${last.message.text ?? last.message.altText ?? ""}` : hint || word("empty");
  const who = el("span", { class: "who" }, el("b", {}, one.name), el("span", {}, about));
  const count = unread ? el("span", { class: "count", "aria-label": word("unread", { count: unread }) }, String(unread)) : null;
  return el("li", {}, el("button", { type: "button", class: "room", "aria-current": current ? "true" : undefined, onclick: open }, face(one, square), who, count));
}

export function drawBar(go) {
  const together = group();
  $("room-name").textContent = together ? together.name : state.bot.name;
  $("room-as").textContent = word("as", { name: me()?.name ?? "" });
  $("speaker-box").hidden = !together;
  $("mention").hidden = !together?.bot_in;
  if (together) {
    $("speaker").replaceChildren(...together.members.map((id) => el("option", { value: id, selected: id === state.me }, state.people.get(id)?.name ?? id)));
    $("speaker").onchange = () => go($("speaker").value, together.id);
  }
  drawBanner();
}

function drawBanner() {
  const banner = $("banner"), together = group(), person = me();
  const offer = (text, ...buttons) => { banner.hidden = false; banner.replaceChildren(el("p", {}, text), ...buttons); };
  const button = (key, what, main) => el("button", { type: "button", class: main ? "main" : "", onclick: () => doing(what) }, word(key));
  banner.hidden = true;
  if (together) {
    if (!together.bot_in) offer(word("bot_out"), button("invite", "invite", true));
  } else if (person?.blocked) offer(word("blocked"), button("unblock", "follow", true));
  else if (person && !person.friend) offer(word("stranger"), button("follow", "follow", true), button("block", "block"));
}

const doing = (what) => act(what).catch((problem) => toast(word("failed", { why: problem.message })));

export async function roomActs() {
  const together = group(), person = me(), options = [];
  if (together) options.push(together.bot_in ? { label: word("remove"), value: "remove", danger: true } : { label: word("invite"), value: "invite" });
  else if (person.blocked) options.push({ label: word("unblock"), value: "follow" });
  else {
    if (!person.friend) options.push({ label: word("follow"), value: "follow" });
    options.push({ label: word("block"), value: "block", danger: true });
  }
  options.push({ label: word("inspector"), value: "inspector" });
  const chosen = await choose(word("room_acts"), options);
  if (chosen === "inspector") $("house").classList.add("behind");
  else if (chosen) doing(chosen);
}
