// What goes on behind: every webhook and every request of the bot, and a way to let LINE have a bad day.

import { $, el, seconds, toast, word } from "./dom.js";
import { act, chatId, misbehave, nameOf, state } from "./state.js";

const MOST = 150;
const WHIMS = {
  api: [["500", "500"], ["rate", "429 rate limit"], ["quota", "429 monthly quota"], ["400", "400"], ["401", "401"], ["404", "404"], ["drop", "connection cut"], ["hang", "no answer"], ["slow", "slow (3 s)"]],
  webhook: [["twice", "twice"], ["again", "redelivered although taken"], ["late", "late (3 s)"], ["shuffle", "shuffled"], ["together", "several in one body"], ["escape", "\\uXXXX escapes"], ["odd", "unknown types and fields"], ["unsigned", "wrong signature"], ["empty", "no events"]],
};

export function drawTrace() {
  $("trace").replaceChildren(...state.trace.filter(wanted).slice(-MOST).reverse().map(entry));
}

export function addTrace(one) {
  state.trace.push(one);
  if (state.trace.length > 2 * MOST) state.trace.splice(0, MOST);
  if (!wanted(one)) return;
  $("trace").prepend(entry(one));
  while ($("trace").childElementCount > MOST) $("trace").lastElementChild.remove();
}

function wanted(one) {
  if (!$("only-room").checked) return true;
  const room = chatId();
  return JSON.stringify(one).includes(room) || state.trace.some((hook) => hook.way === "webhook" && tokens(hook, room).includes(one.body?.replyToken));
}

const tokens = (hook, room) => (hook.body?.events ?? []).filter((event) => Object.values(event.source ?? {}).includes(room)).map((event) => event.replyToken);

function entry(one) {
  const hook = one.way === "webhook";
  const [title, about] = hook ? told(one) : [`${one.method} ${one.path.replace("/v2/bot", "")}`, saying(one)];
  const good = one.status >= 200 && one.status < 300;
  const what = el("span", { class: "what" }, el("b", {}, title), ` ${about}`);
  const status = el("span", { class: "status" }, hook ? `${one.status || one.reason} · ${one.ms} ms` : String(one.status || one.answer?.whim));
  const summary = el("summary", {}, el("time", {}, seconds(one.at)), el("span", { class: hook ? "in" : "out", role: "img", "aria-label": hook ? "LINE → bot" : "bot → LINE" }, hook ? "↘" : "↗"), what, status);
  const more = el("details", {}, summary);
  more.addEventListener("toggle", () => { if (more.open && more.childElementCount === 1) more.append(...inside(one, hook)); });
  return el("li", { class: good ? "" : "bad" }, more);
}

function told(one) {
  const events = one.body.events ?? [];
  const names = events.map((event) => `${event.type}${event.message ? ` ${event.message.type}` : ""}`);
  const first = events[0], by = nameOf(first?.source?.userId ?? "");
  return [names.join(", ") || "verify", `${by} ${first?.message?.text ?? first?.postback?.data ?? ""}${one.again ? " ⟳" : ""}`];
}

const saying = (one) => (one.body?.messages ?? []).map((message) => message.text ?? message.altText ?? message.type).join(" · ");

function inside(one, hook) {
  const parts = [el("pre", { tabIndex: 0 }, pretty(one.body))];
  if (!hook && Object.keys(one.answer ?? {}).length) parts.push(el("pre", { tabIndex: 0 }, pretty(one.answer)));
  if (hook && one.body.events?.length) {
    const again = () => act("redeliver", { event: one.body.events[0] }).catch((problem) => toast(problem.message));
    parts.push(el("button", { type: "button", class: "again", onclick: again }, word("redeliver")));
  }
  return parts;
}

const pretty = (value) => JSON.stringify(value, null, 1);

function offer() {
  const kinds = $("bend-where").value === "webhook" ? WHIMS.webhook : WHIMS.api;
  $("bend-do").replaceChildren(...kinds.map(([value, label]) => el("option", { value }, label)));
  $("bend-after").disabled = kinds === WHIMS.webhook;
}

async function bend(event) {
  event.preventDefault();
  const what = $("bend-do").value, after = $("bend-after").checked && !$("bend-after").disabled;
  show(await misbehave({ where: $("bend-where").value, do: what, times: Number($("bend-times").value), after, seconds: what === "hang" ? 30 : 3 }));
}

const show = (answer) => $("bend-open").replaceChildren(...(answer.open ?? []).map((one) => el("li", {}, `${one.where}: ${one.do} × ${one.times ?? "∞"}`)));

export function startInspector() {
  offer();
  $("bend-where").onchange = offer;
  $("bend").onsubmit = bend;
  $("bend-clear").onclick = async () => show(await misbehave({ clear: true }));
  $("only-room").onchange = drawTrace;
  $("inspector-close").onclick = () => $("house").classList.remove("behind");
}
