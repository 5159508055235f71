/* The little that the browser does itself: keys, the undo clock, live changes. Everything works without it. */
"use strict";
(() => {
  const every = (query, root = document) => [...root.querySelectorAll(query)];
  const typing = (at) => at.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  const shown = (one) => one.getClientRects().length > 0;

  // --- keys: whatever carries data-key; `?` lists them; who needs the letters for something else switches them off
  const off = () => { try { return localStorage.getItem("keys") === "off"; } catch { return false; } };
  const dialog = document.getElementById("keys");

  function help() {
    const list = dialog.querySelector("dl");
    list.replaceChildren();
    const seen = new Set();
    for (const one of every("[data-key][data-does]").filter(shown)) {
      if (seen.has(one.dataset.key)) continue;
      seen.add(one.dataset.key);
      const key = document.createElement("kbd"), term = document.createElement("dt"), does = document.createElement("dd");
      key.textContent = one.dataset.key;
      does.textContent = one.dataset.does;
      term.append(key);
      list.append(term, does);
    }
    document.getElementById("keys-off").checked = off();
    dialog.showModal();
  }

  function press(one) {
    const details = one.closest("details");
    if (details && !details.open && one.tagName !== "SUMMARY") details.open = true;
    if (one.matches("input:not([type=checkbox]), textarea, select")) { one.focus(); if (one.select) one.select(); }
    else if (one.matches("summary")) { one.parentElement.open = true; one.scrollIntoView({ block: "nearest" }); const first = one.parentElement.querySelector("[data-begin]") || one.parentElement.querySelector("textarea, input:not([type=hidden]), select, button:not(.chip)"); (first || one).focus(); }
    else one.click();
  }

  function step(by) {
    const rows = every("[data-row]").filter(shown);
    if (!rows.length) return false;
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
    (next.querySelector("[data-first]") || next).focus();
    next.scrollIntoView({ block: "nearest" });
    return true;
  }

  // With the keyboard set to Thai, the key of `t` writes a Thai letter: then its place on the board counts.
  const places = { Slash: "/", BracketLeft: "[", BracketRight: "]" };
  function keys(event) {
    if (event.key.length !== 1 || event.key.charCodeAt(0) < 128) return [event.key];
    const place = event.code.replace(/^(Key|Digit)/, "").toLowerCase();
    if (event.code === "Slash" && event.shiftKey) return ["?"];
    return [event.key, places[event.code] || place];
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") every("details.drop[open]").forEach((one) => { one.open = false; one.querySelector("summary").focus(); });
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) event.target.form.requestSubmit();
      return;
    }
    if (typing(event.target) || document.querySelector("dialog[open]") || (off() && event.key !== "?")) return;
    for (const key of keys(event)) {
      if ((key === "j" || key === "k") && step(key === "j" ? 1 : -1)) { event.preventDefault(); return; }
      const row = document.activeElement && document.activeElement.closest("[data-row]");
      const here = row ? every("[data-row-key]", row).find((one) => one.dataset.rowKey === key) : null;
      const one = here || every("[data-key]").filter(shown).find((each) => each.dataset.key === key);
      if (one) { event.preventDefault(); press(one); return; }
    }
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) { if (opener.dataset.open === "keys") help(); else document.getElementById(opener.dataset.open).showModal(); }
    every("details.drop[open]").forEach((one) => { if (!one.contains(event.target)) one.open = false; });
    const put = event.target.closest("[data-put]");
    if (put) {
      const box = document.getElementById(put.dataset.into);
      box.value = (box.value && put.dataset.how === "add" ? box.value.trimEnd() + " " : "") + put.dataset.put;
      box.focus();
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const all = event.target.closest("[data-all]");
    if (all) every(`input[name="${all.dataset.all}"]`).forEach((one) => { one.checked = all.checked; });
  });

  document.addEventListener("change", (event) => {
    if (event.target.id === "keys-off") try { localStorage.setItem("keys", event.target.checked ? "off" : "on"); } catch { /* no storage */ }
    const names = event.target.type === "file" && document.querySelector(`[data-names="${event.target.id}"]`);
    if (names && event.target.files.length) names.textContent = [...event.target.files].map((one) => one.name).join(", ");
    const chooser = event.target.closest("select[data-shows]"); // shows the part of the form that the choice needs
    if (chooser) show(chooser);
  });
  const show = (chooser) => every("[data-for]", chooser.form).forEach((part) => {
    const wanted = part.dataset.for.split(" ").includes(chooser.value);
    part.classList.toggle("hidden", !wanted);
    every("input, textarea, select", part).forEach((field) => { field.disabled = !wanted; });
  });
  const choosers = () => every("select[data-shows]").forEach(show);

  // --- no act twice by a nervous finger
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    event.target.dataset.sent = "yes";
    setTimeout(() => { delete event.target.dataset.sent; }, 3000);
  });

  // --- the undo bar counts its seconds and goes
  every("[data-gone-after]").forEach((bar) => {
    const end = performance.now() + Number(bar.dataset.goneAfter), count = bar.querySelector("[data-count]");
    const tick = () => {
      const left = Math.ceil((end - performance.now()) / 1000);
      if (left <= 0) { (bar.closest(".flash") || bar).remove(); return; }
      if (count) count.textContent = left;
      setTimeout(tick, 250);
    };
    tick();
  });

  // --- live: "ticket <code> changed", and whoever shows it asks for its own view
  const changed = (code) => {
    // an act of one's own leads to another page in a moment; the case may be out of reach by then
    if (document.querySelector("form[data-sent]")) { setTimeout(() => changed(code), 1000); return; }
    every("[data-live-any], [data-live-ticket], [data-live-alarm]").forEach((one) => {
      if (one.dataset.liveTicket && one.dataset.liveTicket !== code) return;
      clearTimeout(one.liveTimer);
      one.liveTimer = setTimeout(() => one.dispatchEvent(new CustomEvent("moved", { detail: { code } })), one.dataset.liveTicket ? 50 : 400);
    });
  };
  function listen() {
    const at = document.body.dataset.live;
    if (!at || !every("[data-live-any], [data-live-ticket]").length) return;
    const source = new EventSource(at + "?on=" + encodeURIComponent(document.body.dataset.on || ""));
    let before = false;
    source.addEventListener("ticket", (event) => changed(event.data));
    source.addEventListener("out", () => { source.close(); location.reload(); });
    source.addEventListener("open", () => { if (before) every("[data-live-any], [data-live-ticket], [data-live-alarm]").forEach((one) => one.dispatchEvent(new CustomEvent("moved"))); before = true; });
    addEventListener("pagehide", () => source.close());
  }

  // --- a list that is swapped keeps what was ticked; the forms of a ticket learn which state of it was seen
  let ticked = [];
  document.addEventListener("htmx:beforeSwap", () => { ticked = every("[data-row] input:checked").map((one) => one.id); });
  document.addEventListener("htmx:afterSettle", () => {
    ticked.forEach((id) => { const one = document.getElementById(id); if (one) one.checked = true; });
    const moving = document.getElementById("moving"), acts = document.getElementById("acts"), list = document.getElementById("list");
    if (moving && acts) {
      every('input[name="version"]', acts).forEach((one) => { one.value = moving.dataset.version; });
      every('input[name="seen"]', acts).forEach((one) => { one.value = moving.dataset.last; });
      document.getElementById("stale").classList.toggle("hidden", moving.dataset.acts === acts.dataset.acts);
    }
    if (list) document.title = document.title.replace(/^\(\d+\) /, "").replace(/^/, list.dataset.alarm ? `(${list.dataset.alarm}) ` : "");
  });
  document.addEventListener("htmx:afterSettle", choosers);
  document.addEventListener("htmx:responseError", (event) => { // it went to another office while it was open here
    const gone = document.getElementById("gone");
    if (event.detail.xhr.status === 404 && gone) gone.classList.remove("hidden");
  });
  const entry = document.querySelector(".menu ul [aria-current]"); // on a phone the menu is wider than the screen
  if (entry) { const list = entry.closest("ul"); list.scrollLeft = entry.offsetLeft - (list.clientWidth - entry.offsetWidth) / 2; }
  addEventListener("pageshow", (event) => { every("form[data-sent]").forEach((form) => { delete form.dataset.sent; }); if (event.persisted) listen(); });
  choosers();
  listen();
})();
