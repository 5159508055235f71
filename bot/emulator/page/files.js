// Photos and files: chosen, taken, or drawn as samples for people who have none at hand.

import { $, toast, word } from "./dom.js";
import { upload } from "./state.js";

const ACCEPT = { camera: "image/*", photos: "image/*", media: "video/*,audio/*", file: "" };

export function pickFiles(kind) {
  const input = $("files");
  input.accept = ACCEPT[kind];
  input.multiple = kind === "photos";
  input.toggleAttribute("capture", kind === "camera");
  input.value = "";
  input.onchange = () => send([...input.files]);
  input.click();
}

export async function send(files) {
  if (!files.length) return;
  await upload(files).catch((problem) => toast(word("failed", { why: problem.message })));
}

/** Two drawn photos of a factory: smoke from its chimney, and a canal beside it. */
export async function sendSamples() {
  send([await drawn(smoke, "smoke.jpg"), await drawn(canal, "canal.jpg")]);
}

function drawn(paint, name) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 960, height: 720 });
  const pen = canvas.getContext("2d");
  paint(pen, 960, 720);
  pen.fillStyle = "#ffffffd0";
  pen.font = "600 26px Sarabun, sans-serif";
  pen.fillText(`${word("sample")} ${new Date().toLocaleTimeString("th-TH")}`, 24, 696);
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(new File([blob], name, { type: "image/jpeg" })), "image/jpeg", 0.85));
}

function sky(pen, wide, high, top, low) {
  const shade = pen.createLinearGradient(0, 0, 0, high);
  shade.addColorStop(0, top);
  shade.addColorStop(1, low);
  pen.fillStyle = shade;
  pen.fillRect(0, 0, wide, high);
}

function factory(pen, ground) {
  pen.fillStyle = "#5d6873";
  pen.fillRect(180, ground - 210, 520, 210);
  pen.fillStyle = "#485260";
  for (let at = 0; at < 4; at++) {
    pen.beginPath();
    pen.moveTo(180 + at * 130, ground - 210);
    pen.lineTo(180 + at * 130, ground - 280);
    pen.lineTo(310 + at * 130, ground - 210);
    pen.fill();
  }
  pen.fillRect(740, ground - 420, 60, 420);
  pen.fillStyle = "#e9c46a";
  for (let at = 0; at < 6; at++) pen.fillRect(210 + at * 80, ground - 140, 44, 50);
}

function smoke(pen, wide, high) {
  sky(pen, wide, high, "#aebfce", "#e8dcc8");
  for (let puff = 0; puff < 34; puff++) {
    pen.fillStyle = `rgba(40, 38, 40, ${0.5 - puff * 0.012})`;
    pen.beginPath();
    pen.arc(770 - puff * 20 + Math.sin(puff) * 18, 170 - puff * 3.6 + Math.cos(puff * 1.7) * 16, 34 + puff * 2.2, 0, 7);
    pen.fill();
  }
  pen.fillStyle = "#78845f";
  pen.fillRect(0, 600, wide, 120);
  factory(pen, 600);
}

function canal(pen, wide, high) {
  sky(pen, wide, high, "#b9d3e6", "#eef3ee");
  factory(pen, 360);
  pen.fillStyle = "#7f8b5a";
  pen.fillRect(0, 360, wide, 60);
  water(pen, wide);
  pen.strokeStyle = "#ffffff70";
  pen.lineWidth = 5;
  for (let wave = 0; wave < 9; wave++) {
    pen.beginPath();
    for (let x = 0; x <= wide; x += 30) pen.lineTo(x, 450 + wave * 30 + Math.sin(x / 60 + wave) * 7);
    pen.stroke();
  }
}

function water(pen, wide) {
  const brown = pen.createLinearGradient(0, 420, 0, 720);
  brown.addColorStop(0, "#5e4b3c");
  brown.addColorStop(1, "#2f241d");
  pen.fillStyle = brown;
  pen.fillRect(0, 420, wide, 300);
}
