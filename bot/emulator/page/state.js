// What the page knows: filled by the stream of changes, read by everything that draws.

export const state = {
  bot: { id: "", name: "" },
  people: new Map(),
  groups: new Map(),
  chats: new Map(), // id → {bubbles, quick_gone, loadingUntil, seen}
  trace: [],
  me: "", // who I am
  room: "", // the group I look at; empty: my own chat with the bot
  pc: false,
  quoted: null,
};

export const chatId = () => state.room || state.me;
export const me = () => state.people.get(state.me);
export const group = () => state.groups.get(state.room);

export function chat(id = chatId()) {
  if (!state.chats.has(id)) state.chats.set(id, { bubbles: [], quick_gone: true, loadingUntil: 0, seen: 0 });
  return state.chats.get(id);
}

export const bubbleById = (id) => chat().bubbles.find((one) => one.id === id);
export const nameOf = (who) => (who === "bot" ? state.bot.name : state.people.get(who)?.name ?? "");

/** The quick replies that are in sight: of the last message only, on phones only. */
export function quickReplies() {
  const { bubbles, quick_gone } = chat();
  const last = bubbles.findLast((one) => one.by !== "line");
  if (state.pc || quick_gone || !last || last.by !== "bot") return [];
  return last.message.quickReply?.items ?? [];
}

async function post(address, options) {
  const answer = await fetch(address, { method: "POST", ...options });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.error ?? `${answer.status}`);
  return told.done;
}

const json = (body) => ({ body: JSON.stringify(body), headers: { "content-type": "application/json" } });

/** Something that the person does: see DOINGS of the emulator's pages. */
export const act = (what, more = {}) => post("page/act", json({ as: state.me, chat: state.room, do: what, ...more }));

export const misbehave = (body) => fetch("misbehave", { method: "POST", ...json(body) }).then((answer) => answer.json());

export function upload(files) {
  const form = new FormData();
  form.set("as", state.me);
  form.set("chat", state.room);
  for (const file of files) form.append("files", file, file.name);
  return post("page/upload", { body: form });
}
