/* Passkeys: asks the house for a challenge, lets the browser show it to the device, and brings the answer back. */
"use strict";
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  async function post(url, fields) {
    const answer = await fetch(url, { method: "POST", body: new URLSearchParams(fields), headers: { Accept: "application/json" } });
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(told.said || "");
    return told;
  }

  async function make(form) {
    const asked = await post(form.dataset.ask, { password: form.elements.password ? form.elements.password.value : "" });
    const made = await navigator.credentials.create({ publicKey: {
      ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) }, excludeCredentials: known(asked.excludeCredentials),
    } });
    const response = { clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject), transports: made.response.getTransports ? made.response.getTransports() : [] };
    return { id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: {} };
  }

  async function use(form) {
    const asked = await post(form.dataset.ask, {});
    const used = await navigator.credentials.get({ publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: known(asked.allowCredentials) } });
    const from = used.response;
    const response = { clientDataJSON: text(from.clientDataJSON), authenticatorData: text(from.authenticatorData), signature: text(from.signature), userHandle: from.userHandle ? text(from.userHandle) : null };
    return { id: used.id, rawId: text(used.rawId), type: used.type, response, clientExtensionResults: {} };
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential) continue;
    form.hidden = false;
    const said = form.querySelector("[role=alert]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      said.textContent = "";
      try {
        const answer = await (form.dataset.passkey === "make" ? make(form) : use(form));
        const rest = Object.fromEntries(["next", "name"].filter((name) => form.elements[name]).map((name) => [name, form.elements[name].value]));
        location.assign((await post(form.action, { answer: JSON.stringify(answer), ...rest })).go);
      } catch (fault) {
        said.textContent = fault.name === "Error" && fault.message ? fault.message : form.dataset.failed;
      }
    });
  }
})();
