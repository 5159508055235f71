// What a tapped button does on a phone, and what of it the bot hears.

import { $, choose, here, toast, word } from "./dom.js";
import { act, chatId, state } from "./state.js";
import { pickFiles } from "./files.js";
import { openMap } from "./map.js";

const NAVIGATION = [
  [/line\.me\/R\/nv\/location/, () => openMap()],
  [/line\.me\/R\/nv\/cameraRoll/, () => pickFiles("photos")],
  [/line\.me\/R\/nv\/camera/, () => pickFiles("camera")],
];

/** `quick`: it was a quick reply, which vanishes with the tap unless it waits for data. */
export async function perform(action, quick = false) {
  const kind = action?.type;
  try {
    if (kind === "uri") await open(action, quick);
    else if (kind === "clipboard") await copy(action, quick);
    else if (kind === "datetimepicker") await pickTime(action, quick);
    else if (kind === "location") openMap();
    else if (kind === "camera") pickFiles("camera");
    else if (kind === "cameraRoll") pickFiles("photos");
    else if (kind) await tap(action, quick);
  } catch (problem) {
    toast(word("failed", { why: problem.message }));
  }
}

async function tap(action, quick, params) {
  await act("tap", { action, quick, params });
  if (action.type !== "postback") return;
  if (action.inputOption === "openKeyboard") {
    $("words").value = action.fillInText ?? "";
    $("house").dispatchEvent(new CustomEvent("keyboard"));
  } else if (action.inputOption) {
    $("house").dispatchEvent(new CustomEvent("richmenu", { detail: action.inputOption === "openRichMenu" }));
  }
}

async function open(action, quick) {
  if (quick) await act("tap", { action, quick });
  const url = state.pc && action.altUri?.desktop ? action.altUri.desktop : action.uri;
  if (url.startsWith("tel:")) return toast(word("calling", { number: decodeURIComponent(url.slice(4)) }));
  const inside = NAVIGATION.find(([pattern]) => pattern.test(url));
  if (inside) return inside[1]();
  if (/^line:|line\.me\/R\//.test(url)) return toast(word("line_link", { url }));
  if (/^https?:/.test(url)) window.open(here(url) || url, "_blank", "noopener,noreferrer");
}

async function copy(action, quick) {
  if (quick) await act("tap", { action, quick });
  await navigator.clipboard?.writeText(action.clipboardText).catch(() => {});
  toast(word("copied", { text: action.clipboardText }));
}

const INPUTS = { date: "date", time: "time", datetime: "datetime-local" };

function pickTime(action, quick) {
  const sheet = $("time-sheet"), field = $("time-value");
  field.type = INPUTS[action.mode] ?? "date";
  field.min = plain(action.min);
  field.max = plain(action.max);
  field.value = plain(action.initial);
  $("time-cancel").onclick = () => sheet.close();
  $("time-form").onsubmit = async (event) => {
    event.preventDefault();
    sheet.close();
    await tap(action, quick, { [action.mode]: field.value }).catch((problem) => toast(word("failed", { why: problem.message })));
  };
  sheet.showModal();
}

const plain = (value) => (value ?? "").replace("t", "T");

/** The menu of a message: quote it, take it back, change it (groups only). */
export async function messageActs(bubble) {
  const mine = bubble.by === state.me && !bubble.unsent;
  const options = [];
  if (bubble.quote_token && !bubble.unsent) options.push({ label: word("reply_to"), value: "quote" });
  if (mine && state.room && bubble.message.type === "text") options.push({ label: word("edit"), value: "edit" });
  if (mine) options.push({ label: word("unsend"), value: "unsend", danger: true });
  const chosen = await choose(word("message_acts"), options);
  if (chosen === "quote") $("house").dispatchEvent(new CustomEvent("quote", { detail: bubble }));
  if (chosen === "unsend") await act("unsend", { message: bubble.id });
  if (chosen === "edit") $("house").dispatchEvent(new CustomEvent("edit", { detail: bubble }));
}

export const hasActs = (bubble) => bubble.chat === chatId() && !bubble.unsent && (bubble.by === state.me || Boolean(bubble.quote_token));
