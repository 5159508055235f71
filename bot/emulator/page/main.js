// Wires it together: one stream of changes comes in, and each kind of change draws its own part.

import { $, toast, word } from "./dom.js";
import { addBubble, changeBubble, drawChat, drawLoading, knowStickers, markRead } from "./bubbles.js";
import { drawComposer, drawQuick, drawStickers, loadMenu, quote, startComposer } from "./composer.js";
import { addTrace, drawTrace, startInspector } from "./inspector.js";
import { startMap } from "./map.js";
import { drawBar, drawPeople, roomActs } from "./people.js";
import { act, chat, chatId, state } from "./state.js";

const KEPT = "chat-page";

/** Looks at another room, as somebody. */
function go(person, room) {
  Object.assign(state, { me: person, room });
  $("house").classList.remove("listing");
  quote(null);
  remember();
  drawRoom();
}

function remember() {
  try { sessionStorage.setItem(KEPT, JSON.stringify([state.me, state.room])); } catch { /* private windows */ }
}

function recall() {
  const wanted = new URLSearchParams(location.search).get("as");
  const asked = [...state.people.values()].find((one) => one.key === wanted);
  let kept = [];
  try { kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]"); } catch { /* private windows */ }
  const me = asked?.id ?? (state.people.has(kept[0]) ? kept[0] : [...state.people.keys()][0]);
  Object.assign(state, { me, room: !asked && state.groups.has(kept[1]) ? kept[1] : "" });
}

function drawRoom() {
  see();
  drawPeople(go);
  drawBar(go);
  drawChat();
  drawQuick();
  drawComposer();
  loadMenu();
}

const see = () => { chat().seen = chat().bubbles.length; };

const CHANGES = {
  all(told) {
    state.bot = told.bot;
    state.people = new Map(told.people.map((one) => [one.id, one]));
    state.groups = new Map(told.groups.map((one) => [one.id, one]));
    const seen = new Map([...state.chats].map(([id, one]) => [id, one.seen]));
    state.chats = new Map(Object.entries(told.chats).map(([id, one]) => [id, { ...one, loadingUntil: Date.now() + one.loading * 1000, seen: seen.get(id) ?? one.bubbles.length }]));
    state.trace = told.trace;
    if (!state.people.has(state.me)) recall();
    drawRoom();
    drawTrace();
  },
  bubble({ bubble }) {
    const room = chat(bubble.chat);
    room.bubbles.push(bubble);
    if (bubble.by === "bot") room.loadingUntil = 0;
    if (bubble.by !== "line") room.quick_gone = !(bubble.by === "bot" && bubble.message.quickReply);
    if (bubble.chat === chatId()) { see(); addBubble(bubble); drawQuick(); }
    drawPeople(go);
  },
  bubble_changed({ bubble }) {
    const room = chat(bubble.chat), at = room.bubbles.findIndex((one) => one.id === bubble.id);
    if (at >= 0) room.bubbles[at] = bubble;
    if (bubble.chat === chatId()) changeBubble(bubble);
  },
  read({ chat: id, ids }) {
    for (const one of chat(id).bubbles) if (ids.includes(one.id)) one.read = true;
    if (id === chatId()) markRead(ids.filter((one) => chat().bubbles.find((bubble) => bubble.id === one)?.by === state.me));
  },
  quick_gone({ chat: id }) {
    chat(id).quick_gone = true;
    if (id === chatId()) drawQuick();
  },
  loading({ chat: id, seconds }) {
    chat(id).loadingUntil = Date.now() + seconds * 1000;
    if (id === chatId()) drawLoading();
  },
  menu() { loadMenu(); },
  person({ person }) {
    state.people.set(person.id, person);
    drawPeople(go);
    drawBar(go);
    drawComposer();
    if (person.id === state.me) loadMenu();
  },
  group({ group }) {
    state.groups.set(group.id, group);
    drawPeople(go);
    drawBar(go);
  },
  trace: addTrace,
};

function listen() {
  const stream = new EventSource("page/stream");
  stream.onmessage = (event) => { const change = JSON.parse(event.data); CHANGES[change.kind]?.(change); };
  stream.onerror = () => toast(word("lost"));
}

async function addPerson(event) {
  event.preventDefault();
  const made = await act("person", { name: $("new-name").value.trim() });
  $("new-name").value = "";
  go(made.id, "");
}

function asPc(on) {
  state.pc = on;
  $("house").classList.toggle("pc", on);
  drawRoom();
}

async function start() {
  startComposer();
  startMap();
  startInspector();
  $("pc").onchange = () => asPc($("pc").checked);
  $("back").onclick = () => $("house").classList.add("listing");
  $("more").onclick = () => roomActs();
  $("add-person").onsubmit = addPerson;
  const stickers = await fetch("page/stickers.json").then((answer) => answer.json());
  knowStickers(stickers);
  drawStickers(stickers);
  listen();
}

start();
